// Test fixture: small worlds of several contributions, random or by hand, written into the tables that a load and a
// contribution fill.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parseDatasetSchema } from '../../../identifiers/dataset-schema.ts';
import type { Columns, Engine, TableDefinition } from '../../engine/engine.ts';
import { tableName } from '../../engine/settings.ts';
import { identifierTypeNumber } from '../../identifier-types.ts';
import { idOf } from '../../load-fixture.ts';
import { attributeColumns, keysTable, peopleTable } from '../../tables.ts';
import type { AnalysisQuestion, AnalysisRequest, Bounding, ResolvedContribution } from '../analysis.ts';

export const TYPES = ['email', 'phone', 'customer'] as const;
export type KeyType = (typeof TYPES)[number];

export interface Attributes {
  readonly member: boolean | null;
  readonly activity: string | null;
  readonly city: string | null;
  readonly spend: number | null;
  readonly born: string | null;
}

export interface Event {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly activity: string | null;
  readonly spend: number | null;
}

export interface Person {
  readonly keys: readonly { readonly type: KeyType; readonly token: number }[];
  readonly attributes: Attributes;
  readonly events: readonly Event[];
}

/** The persons of each contribution. Somebody without keys is in the dataset and not in the contribution. */
export type World = readonly (readonly Person[])[];

export const SCHEMA = parseDatasetSchema({
  name: 'people',
  columns: {
    id: { role: 'record-id' },
    email: { role: 'identifier', type: 'email' },
    seen: { role: 'event-time' },
    member: { role: 'attribute', kind: 'boolean' },
    activity: { role: 'attribute', kind: 'category', categories: ['hiking', 'climbing'] },
    city: { role: 'attribute', kind: 'category' },
    spend: { role: 'attribute', kind: 'number' },
    born: { role: 'attribute', kind: 'date' },
  },
});

export const START_MS = Date.parse('2025-03-01');
export const HOUR_MS = 3_600_000;

export function contributionId(place: number): string {
  return idOf('con', String(place));
}

export function resolvedContributions(count: number): ResolvedContribution[] {
  return Array.from({ length: count }, (_, place) => ({
    contribution: contributionId(place),
    alias: `c${place}`,
    version: idOf('dsv', String(place)),
    schema: SCHEMA,
  }));
}

export const BOUNDING: Bounding = { key: Buffer.alloc(32, 7), maxGroups: 2, perGroup: 2 };

export function requestOf<Question extends AnalysisQuestion>(
  question: Question,
  options: { types?: readonly KeyType[]; bounding?: Bounding } = {},
): AnalysisRequest<Question> {
  const count = question.analysis === 'overlap' ? question.contributions.length : 2;
  const { types = TYPES.slice(0, 2), bounding = BOUNDING } = options;
  return { run: idOf('run', '1'), question, contributions: resolvedContributions(count), types, bounding };
}

/** Sixteen bytes in hex. */
export function keyHex({ type, token }: { type: KeyType; token: number }): string {
  return createHash('sha256').update(`${type} ${token}`).digest('hex').slice(0, 32);
}

const orUnknown = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });

const event: fc.Arbitrary<Event> = fc.record({
  at: fc.nat(16).map((n) => START_MS + n * 8 * HOUR_MS),
  activity: orUnknown(fc.constantFrom('hiking', 'climbing')),
  spend: orUnknown(fc.constantFrom(-5, 0, 0.5, 1.49, 7, 40)),
});

const person: fc.Arbitrary<Person> = fc.record({
  keys: fc.array(fc.record({ type: fc.constantFrom(...TYPES), token: fc.nat(9) }), { maxLength: 4 }),
  attributes: fc.record({
    member: orUnknown(fc.boolean()),
    activity: orUnknown(fc.constantFrom('hiking', 'climbing')),
    city: orUnknown(fc.constantFrom('Lyon', 'Brest', 'été')),
    spend: orUnknown(fc.constantFrom(-1.5, 0, 10, 20, 21)),
    born: orUnknown(fc.constantFrom('1955-05-05', '1990-01-01', '2200-01-01')),
  }),
  events: fc.array(event, { maxLength: 5 }),
});

/** Worlds of so many contributions; in a contribution no two persons hold the same key, as a load makes them one. */
export function worlds(contributions: number): fc.Arbitrary<World> {
  const side = fc.array(person, { maxLength: 14 }).map(withOwnKeys);
  return fc.tuple(...Array.from({ length: contributions }, () => side));
}

/** Worlds so full that persons share keys with many others: where one person less shifts the most. */
export function denseWorlds(contributions: number): fc.Arbitrary<World> {
  const crowded = person.chain((one) =>
    fc
      .array(fc.record({ type: fc.constantFrom(...TYPES), token: fc.nat(3) }), { minLength: 1, maxLength: 3 })
      .map((keys) => ({ ...one, keys })),
  );
  const side = fc.array(crowded, { maxLength: 6 }).map(withOwnKeys);
  return fc.tuple(...Array.from({ length: contributions }, () => side));
}

function withOwnKeys(people: readonly Person[]): Person[] {
  const taken = new Set<string>();
  return people.map((one) => ({
    ...one,
    keys: one.keys.filter((key) => {
      const hex = keyHex(key);
      return !taken.has(hex) && taken.add(hex);
    }),
  }));
}

/** Writes a world in place of the one before. */
export async function fillWorld(engine: Engine, world: World): Promise<void> {
  for (const [place, people] of world.entries()) {
    const version = idOf('dsv', String(place));
    await fillTable(engine, keysTable(contributionId(place)), people.flatMap(keyRows));
    const attributes = attributeColumns(SCHEMA);
    await fillTable(
      engine,
      peopleTable(version, attributes),
      people.map(({ attributes: known }, n) => [n, 0, ...attributes.map((column) => cell(known, column.attribute))]),
    );
    await fillTable(
      engine,
      recordsTable(version),
      people.flatMap(({ events }, n) => events.map(({ at, activity, spend }) => [n, at, activity, spend])),
    );
  }
}

function keyRows({ keys }: Person, n: number): Row[] {
  return keys.map((key) => [keyHex(key), n, identifierTypeNumber(key.type)]);
}

function cell(attributes: Attributes, name: string): string | number | null {
  const value = attributes[name as keyof Attributes];
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The columns of the archive of records that analyses read. */
function recordsTable(version: string): TableDefinition {
  const columns: Columns = {
    person: 'UInt32',
    c_2: 'Float64',
    c_4: 'LowCardinality(Nullable(String))',
    c_6: 'Nullable(Float64)',
  };
  return { name: tableName(version, 'records'), columns, orderBy: [], shardBy: 'person' };
}

type Row = readonly (string | number | null)[];

async function fillTable(engine: Engine, table: TableDefinition, rows: readonly Row[]): Promise<void> {
  await engine.dropTable(table.name);
  await engine.createTable(table);
  if (rows.length === 0) return;
  const types = Object.values(table.columns);
  const read = types.map((type) => (/UInt|Float/.test(type) ? 'Nullable(Float64)' : 'Nullable(String)'));
  const values = types.map((type, n) =>
    type === 'FixedString(16)' ? `toFixedString(unhex(assumeNotNull(row.${n + 1})), 16)` : `row.${n + 1}`,
  );
  await engine.command(
    `INSERT INTO ${table.name} SELECT ${values.join(', ')}
     FROM (SELECT arrayJoin(JSONExtract({rows:String}, 'Array(Tuple(${read.join(', ')}))')) AS row)`,
    { rows: JSON.stringify(rows) },
  );
}
