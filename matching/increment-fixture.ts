// Test fixture: datasets that change by random files, and what a version says of them, whatever numbers its persons have.
import fc from 'fast-check';
import type { Engine } from './engine/engine.ts';
import { dropDatasetVersion } from './load.ts';
import { digestOf, idOf, loadFile, uploadOf } from './load-fixture.ts';

const HEADER = 'id,email,phone,member,activity,spend,last_visit,xandr_id,purposes';

export interface Row {
  readonly id: number;
  readonly email: number | undefined;
  readonly phone: number | undefined;
  readonly member: boolean | undefined;
  readonly activity: string | undefined;
  readonly spend: number | undefined;
  readonly xandr: number | undefined;
  readonly purposes: string;
}

/** Few enough people that files meet the same ones again and join some of them. */
export const row = (people: number): fc.Arbitrary<Row> =>
  fc.record({
    id: fc.nat(people),
    email: fc.option(fc.nat(people), { nil: undefined, freq: 4 }),
    phone: fc.option(fc.nat(people * 3), { nil: undefined, freq: 2 }),
    member: fc.option(fc.boolean(), { nil: undefined }),
    activity: fc.option(fc.constantFrom('hiking', 'sailing', 'chess'), { nil: undefined }),
    spend: fc.option(fc.nat(50), { nil: undefined }),
    xandr: fc.option(fc.nat(900), { nil: undefined }),
    purposes: fc.constantFrom('', 'advertising', 'advertising@xandr', 'advertising;measurement', 'analytics'),
  });

export function csvOf(rows: readonly Row[]): string {
  const cell = (value: unknown) => (value === undefined ? '' : String(value));
  const lines = rows.map(({ id, email, phone, member, activity, spend, xandr, purposes }) =>
    [
      `r${id}`,
      email === undefined ? '' : digestOf(`email ${email}`),
      phone === undefined ? '' : digestOf(`phone ${phone}`),
      ...[member, activity, spend].map(cell),
      '',
      xandr === undefined ? '' : String(xandr + 1),
      purposes,
    ].join(','),
  );
  return `${[HEADER, ...lines].join('\n')}\n`;
}

/** The rows of a file that a load accepts. */
export function acceptedOf(rows: readonly Row[]): Row[] {
  const identified = rows.filter(({ email, phone }) => email !== undefined || phone !== undefined);
  return identified.filter(({ id }, n) => identified.findIndex((one) => one.id === id) === n);
}

export interface StoredRow {
  readonly person: number;
  readonly record: string;
}

/** Persons in the order of their numbers, and of each its rows from the oldest to the latest. */
export async function storedRows(engine: Engine, version: string): Promise<StoredRow[]> {
  return engine.query<StoredRow>(
    `SELECT person, lower(hex(c_0)) AS record FROM ${version}_records ORDER BY person, position`,
  );
}

/** Everything that a version says, with the place of a person among all persons instead of its number. */
export async function contentOf(
  engine: Engine,
  { version, grants }: { version: string; grants: ReadonlyMap<number, unknown> },
): Promise<unknown> {
  const people = await engine.query<Record<string, unknown>>(`SELECT * FROM ${version}_people ORDER BY person`);
  const places = new Map(people.map(({ person }, place) => [Number(person), place]));
  const placed = async (sql: string) =>
    (await engine.query<{ person: number }>(sql))
      .map(({ person, ...rest }) => JSON.stringify({ person: places.get(person), ...rest }))
      .sort();
  return {
    people: people.map(({ person, consent_class: consent, ...rest }) => ({
      ...rest,
      grants: grants.get(Number(consent)),
    })),
    keys: await placed(`SELECT person, lower(hex(match_key)) AS k, type FROM ${version}_keys`),
    activation: await placed(`SELECT person, column, id FROM ${version}_activation`),
    records: (await storedRows(engine, version)).map(({ person, record }) => [places.get(person), record]),
  };
}

export async function placesOf(engine: Engine, version: string): Promise<Map<number, number>> {
  const people = await engine.query<{ person: number }>(`SELECT person FROM ${version}_people ORDER BY person`);
  return new Map(people.map(({ person }, place) => [person, place]));
}

export function upserted(rows: readonly Row[], file: readonly Row[]): Row[] {
  const accepted = acceptedOf(file);
  const replaced = new Set(accepted.map(({ id }) => id));
  return [...rows.filter(({ id }) => !replaced.has(id)), ...accepted];
}

/** The rows by their keys in the archive, which only a load under the same key can tell. */
export async function rowsByRecord(
  engine: Engine,
  rows: readonly Row[],
  tenantKey: Uint8Array,
): Promise<Map<string, Row>> {
  const version = idOf('dsv', 'prbe');
  if (rows.length > 0) await loadFile(engine, uploadOf(csvOf(rows)), { version, tenantKey });
  const keys =
    rows.length === 0
      ? []
      : await engine.query<{ record: string }>(
          `SELECT lower(hex(c_0)) AS record FROM ${version}_records ORDER BY position`,
        );
  await dropDatasetVersion(engine, version);
  return new Map(keys.map(({ record }, n) => [record, rows[n] as Row]));
}

/** The rows in the order of the persons of the version, so that a load of them numbers persons alike. */
export async function inOrderOf(
  engine: Engine,
  { version, rows, tenantKey }: { version: string; rows: readonly Row[]; tenantKey: Uint8Array },
): Promise<Row[]> {
  const byRecord = await rowsByRecord(engine, rows, tenantKey);
  return (await storedRows(engine, version)).map(({ record }) => byRecord.get(record) as Row);
}
