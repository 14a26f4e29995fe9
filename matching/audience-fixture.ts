// Test fixture: small datasets and matches made by hand, in the very tables that a load and a match fill.

import type { Engine } from './engine/engine.ts';
import {
  type AttributeColumn,
  activationTable,
  attributeColumns,
  keysTable,
  membersTable,
  pairsTable,
  peopleTable,
} from './tables.ts';

export const IDS = {
  leftVersion: 'dsv_01jd0000000000000000000001',
  rightVersion: 'dsv_01jd0000000000000000000002',
  leftContribution: 'con_01jd0000000000000000000001',
  rightContribution: 'con_01jd0000000000000000000002',
  match: 'mat_01jd0000000000000000000001',
  audience: 'aud_01jd0000000000000000000001',
  collaboration: 'col_01jd0000000000000000000001',
  list: 'sup_01jd0000000000000000000001',
  otherList: 'sup_01jd0000000000000000000002',
  destination: 'dst_01jd0000000000000000000001',
  delivery: 'dlv_01jd0000000000000000000001',
  secondDelivery: 'dlv_01jd0000000000000000000002',
  thirdDelivery: 'dlv_01jd0000000000000000000003',
} as const;

/** A person as a row: its number is its place in the list. Absent attributes are unknown. */
export interface PersonRow {
  readonly consentClass?: number;
  readonly attributes?: readonly (string | number | null)[];
  readonly activationIds?: readonly string[];
  /** Match keys in hex, 16 bytes each. */
  readonly keys?: readonly string[];
}

export const ATTRIBUTES: readonly AttributeColumn[] = attributeColumns({
  columns: {
    complaint: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    last_raincoat: { role: 'attribute', kind: 'date' },
  },
});

/** The number under which the fixture's activation ids lie. */
export const ACTIVATION_COLUMN = 4;

export async function fillPeople(engine: Engine, version: string, people: readonly PersonRow[]): Promise<void> {
  const table = peopleTable(version, ATTRIBUTES);
  const activation = activationTable(version);
  await Promise.all(
    [table, activation].map(async (definition) => {
      await engine.dropTable(definition.name);
      await engine.createTable(definition);
    }),
  );
  const rows = people.map((person, n) => [n, person.consentClass ?? 0, ...attributesOf(person)]);
  await insertRows(engine, table.name, rows);
  const ids = people.flatMap((person, n) => (person.activationIds ?? []).map((id) => [n, ACTIVATION_COLUMN, id]));
  await insertRows(engine, activation.name, ids);
  await fillKeys(engine, version, people);
}

/** The keys of a dataset version, or of a contribution that numbers its persons alike. */
export async function fillKeys(engine: Engine, owner: string, people: readonly PersonRow[]): Promise<void> {
  const keys = keysTable(owner);
  await engine.dropTable(keys.name);
  await engine.createTable(keys);
  const rows = people.flatMap(({ keys: own }, person) => (own ?? []).map((hex) => [{ hex }, person, 1]));
  await insertRows(engine, keys.name, rows);
}

export async function fillMembers(
  engine: Engine,
  audience: string,
  members: readonly (readonly [number, number])[],
): Promise<void> {
  const table = membersTable(audience);
  await engine.dropTable(table.name);
  await engine.createTable(table);
  await insertRows(engine, table.name, members);
}

export async function fillPairs(
  engine: Engine,
  match: string,
  pairs: readonly (readonly [number, number])[],
): Promise<void> {
  const table = pairsTable(match);
  await engine.dropTable(table.name);
  await engine.createTable(table);
  await insertRows(
    engine,
    table.name,
    pairs.map(([left, right]) => [left, right, 0]),
  );
}

function attributesOf(person: PersonRow): (string | number | null)[] {
  return ATTRIBUTES.map((_, n) => person.attributes?.[n] ?? null);
}

type Cell = string | number | null | { readonly hex: string };

async function insertRows(engine: Engine, table: string, rows: readonly (readonly Cell[])[]): Promise<void> {
  for (let start = 0; start < rows.length; start += 50) {
    const params: Record<string, string> = {};
    const bound = (value: Cell): string => {
      if (value === null) return 'NULL';
      const name = `v${Object.keys(params).length}`;
      params[name] = typeof value === 'object' ? value.hex : String(value);
      if (typeof value === 'object') return `unhex({${name}:String})`;
      return `{${name}:${typeof value === 'number' ? 'Float64' : 'String'}}`;
    };
    const selects = rows
      .slice(start, start + 50)
      .map((row) => `SELECT ${row.map((value, n) => `${bound(value)} AS c${n}`).join(', ')}`);
    await engine.command(`INSERT INTO ${table} ${selects.join(' UNION ALL ')}`, params);
  }
}
