// `<dsv>_records`: every accepted row with its keys and values, so that an upsert or a delete can build the next version
// without the partner's earlier files. Holds match keys, never digests.
import type { Columns, Engine, TableDefinition } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { ActivationIdColumn } from './kernel/activation-column.ts';
import type { AttributeCells } from './kernel/attribute-columns.ts';
import type { CellColumn } from './kernel/cell.ts';
import type { ColumnSet } from './kernel/column-set.ts';
import { ConsentColumn } from './kernel/consent-column.ts';
import { ConsentStringColumn } from './kernel/consent-string-column.ts';
import { DigestColumn, RecordIdColumn } from './kernel/digest-column.ts';
import { EventTimeColumn } from './kernel/event-time-column.ts';
import { stringsTable } from './tables.ts';

const ATTRIBUTE_TYPES: Readonly<Record<AttributeCells['kind'], string>> = {
  boolean: 'Nullable(UInt8)',
  category: 'LowCardinality(Nullable(String))',
  number: 'Nullable(Float64)',
  date: 'Nullable(Date32)',
};

/** In front of the columns of the schema; the key scan of an increment counts on these and the record id being first. */
const PLACE_COLUMNS: Columns = { person: 'UInt32', position: 'UInt32' };

export interface ArchivedColumn {
  readonly name: string;
  readonly type: string;
  readonly column: CellColumn;
}

/** In the order of the schema, but for the record id, which comes first. */
export function archivedColumns({ all, recordId }: ColumnSet): ArchivedColumn[] {
  const own = all.flatMap((column, place) => {
    const archived = archivedColumn(column, place);
    return archived === undefined ? [] : [{ ...archived, column }];
  });
  return [...own.filter(({ column }) => column === recordId), ...own.filter(({ column }) => column !== recordId)];
}

/** The n-th column of the schema lies in `c_n`; a column without data of its own has none. */
function archivedColumn(column: CellColumn, place: number): { name: string; type: string } | undefined {
  const name = `c_${place}`;
  if (column instanceof DigestColumn) return { name, type: 'FixedString(16)' };
  if (column instanceof RecordIdColumn) return { name, type: 'FixedString(16)' };
  if (column instanceof ConsentColumn) return { name, type: 'LowCardinality(Nullable(String))' };
  if (column instanceof ConsentStringColumn) return { name, type: 'UInt32' };
  if (column instanceof ActivationIdColumn) return { name, type: 'String' };
  if (column instanceof EventTimeColumn) return { name, type: 'Float64' };
  return 'kind' in column ? { name, type: ATTRIBUTE_TYPES[(column as AttributeCells).kind] } : undefined;
}

export function recordsTable(version: string, columns: ColumnSet): TableDefinition {
  const all: Columns = {
    ...PLACE_COLUMNS,
    ...Object.fromEntries(archivedColumns(columns).map(({ name, type }) => [name, type])),
  };
  return { name: tableName(version, 'records'), columns: all, orderBy: [], shardBy: 'person' };
}

/** Every column of the schema as bytes: keys raw (empty for none), everything else as a cell of a file would say it. */
export function archiveQuery(version: string, columns: ColumnSet): string {
  return `SELECT ${archiveCells(columns).join(', ')} FROM ${tableName(version, 'records')} ORDER BY position`;
}

/** The same of some rows alone, each with its person and its position behind the cells. `rows` is a query of the archive. */
export function archivedRowsQuery(rows: string, columns: ColumnSet): string {
  const cells = [...archiveCells(columns), 'toString(person)', 'toString(position)'];
  return `SELECT ${cells.join(', ')} FROM (${rows}) ORDER BY position`;
}

function archiveCells(columns: ColumnSet): string[] {
  return columns.all.map((column, place) => {
    const own = archivedColumn(column, place);
    if (own === undefined) return `''`;
    // Not toString(), which cuts off the zeros that one key in 256 ends in.
    if (own.type === 'FixedString(16)') return `if(reinterpretAsUInt128(${own.name}) = 0, '', concat(${own.name}, ''))`;
    if (own.type === 'UInt32') return `toString(${own.name})`;
    if (own.type === 'Float64') return `toString(toInt64(${own.name}))`;
    return own.type === 'String' ? own.name : `ifNull(toString(${own.name}), '')`;
  });
}

/** Each consent string of the version: the place of its column, its number in the archive, and its text. */
export function stringsQuery(version: string): string {
  return `SELECT toString(place), toString(string), text FROM ${stringsTable(version).name} ORDER BY string`;
}

/** Whether the archive of the version has the columns this schema would give it. */
export async function archiveFits(engine: Engine, version: string, columns: ColumnSet): Promise<boolean> {
  const wanted = recordsTable(version, columns);
  const held = await engine.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String}',
    { table: wanted.name },
  );
  const types = new Map(held.map(({ name, type }) => [name, type]));
  const all = Object.entries(wanted.columns);
  return held.length === all.length && all.every(([name, type]) => types.get(name) === type);
}
