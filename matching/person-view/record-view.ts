// The single rows that a version keeps of some persons, as their cells were understood. Keys are left out: they say nothing to anybody.
import type { ColumnSchema, DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { Engine } from '../engine/engine.ts';
import { tableName } from '../engine/settings.ts';
import type { ErasureVersion, NamedKey } from '../erase/erasure.ts';
import { stringsTable } from '../tables.ts';

export type RecordView = Readonly<Record<string, string | number | boolean | null>>;

export interface RecordsOfPerson {
  readonly records: RecordView[];
  leftOut: number;
  isNamed: boolean;
}

interface RecordsToRead {
  readonly at: ErasureVersion;
  readonly schema: DatasetSchema;
  readonly named: readonly NamedKey[];
  readonly maxRecords: number;
  /** Joins the found persons to `t`. */
  readonly found: string;
  readonly existing: ReadonlySet<string>;
}

interface ShownColumn {
  readonly name: string;
  readonly sql: string;
  read(value: string | number | null | undefined): string | number | boolean | null;
}

/** By person, in the order of their rows. A version made by hand may have no rows. */
export async function readRecords(engine: Engine, request: RecordsToRead): Promise<Map<number, RecordsOfPerson>> {
  const table = tableName(request.at.version, 'records');
  const of = new Map<number, RecordsOfPerson>();
  if (!request.existing.has(table)) return of;
  const columns = Object.entries(request.schema.columns).flatMap(([name, column], place) => shown(name, column, place));
  const { recordIdPlace, dataset } = request.at;
  const named = request.named
    .filter((key) => key.dataset === dataset)
    .map(({ key }) => Buffer.from(key).toString('hex'));
  const isNamed =
    recordIdPlace === undefined ? '0' : `has({named:Array(String)}, lower(hex(t.c_${Number(recordIdPlace)})))`;
  const rows = engine.stream<Record<string, string | number | null>>(
    `SELECT t.person AS person, ${isNamed} AS is_named${columns.map(({ sql }, n) => `, ${sql} AS v_${n}`).join('')}
     FROM ${table} AS t ${request.found} ${textsOfStrings(request)} ORDER BY person, t.position`,
    { named },
  );
  for await (const block of rows) {
    for (const row of block) {
      const person = Number(row.person);
      const held = of.get(person) ?? { records: [], leftOut: 0, isNamed: false };
      of.set(person, held);
      held.isNamed ||= Number(row.is_named) > 0;
      if (held.records.length >= request.maxRecords) held.leftOut++;
      else held.records.push(Object.fromEntries(columns.map(({ name, read }, n) => [name, read(row[`v_${n}`])])));
    }
  }
  return of;
}

/** Of each column that names consent strings by number, their texts. */
function textsOfStrings({ at, schema }: RecordsToRead): string {
  const strings = stringsTable(at.version).name;
  return Object.values(schema.columns)
    .flatMap((column, place) => (column.role === 'consent' && column.kind !== 'purposes' ? [place] : []))
    .map((n) => `LEFT JOIN (SELECT string, text FROM ${strings}) AS s_${n} ON s_${n}.string = t.c_${n}`)
    .join(' ');
}

/** What a row says beside its keys and its activation ids, which are told with the person. */
function shown(name: string, column: ColumnSchema, place: number): ShownColumn[] {
  const cell = `t.c_${place}`;
  if (column.role === 'consent' && column.kind !== 'purposes') {
    return [{ name, sql: `nullIf(s_${place}.text, '')`, read: (value) => cellValue('text', value) }];
  }
  if (column.role === 'attribute') return [{ name, sql: cell, read: (value) => cellValue(column.kind, value) }];
  if (column.role === 'consent') return [{ name, sql: `toString(${cell})`, read: (value) => cellValue('text', value) }];
  if (column.role !== 'event-time') return [];
  return [{ name, sql: cell, read: (value) => (value == null ? null : new Date(Number(value)).toISOString()) }];
}

/** A truth value lies as 0 or 1; what is unknown is null. */
export function cellValue(kind: string, value: string | number | null | undefined): string | number | boolean | null {
  if (value === null || value === undefined) return null;
  return kind === 'boolean' ? Number(value) === 1 : kind === 'number' ? Number(value) : String(value);
}
