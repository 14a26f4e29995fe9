// Working tables of one erasure, and how a table is written anew without some of its rows. Deleted rows would stay in
// old parts of a table for minutes; a table that was replaced leaves no file.
import type { Columns, Engine, TableDefinition } from '../engine/engine.ts';
import { assertTableName, tableName } from '../engine/settings.ts';

/** `<del>_keys`: the keys of the persons to erase; `dataset` is empty for keys of identifiers. */
export function erasureKeysTable(erasure: string): TableDefinition {
  const columns: Columns = { match_key: 'FixedString(16)', dataset: 'String' };
  return { name: tableName(erasure, 'keys'), columns, orderBy: [], shardBy: 'match_key' };
}

/** `<del>_persons_<dsv>`: the numbers of the persons to erase in one version. */
export function erasurePersonsTable(erasure: string, version: string): TableDefinition {
  return {
    name: tableName(erasure, `persons_${version}`),
    columns: { person: 'UInt32' },
    orderBy: ['person'],
    shardBy: 'person',
  };
}

/** `<del>_ids`: the activation ids of the persons to erase. */
export function erasureIdsTable(erasure: string): TableDefinition {
  return { name: tableName(erasure, 'ids'), columns: { id: 'String' }, orderBy: ['id'], shardBy: 'random' };
}

export async function dropErasureTables(engine: Engine, erasure: string): Promise<void> {
  const names = (await engine.listTables()).filter((name) => name.startsWith(`${erasure}_`));
  for (const name of names) await engine.dropTable(name);
}

/** A copy that is being written, and one that is whole: after a cut only the second may take the table's place. */
const PARTIAL = '_erasing';
const WHOLE = '_erased';

/** Which rows go: those whose `column` equals a `key` of the rows that `doomed` selects. */
export interface RowsToErase {
  readonly table: string;
  readonly column: string;
  readonly doomed: { readonly sql: string; readonly key: string };
}

/**
 * Writes the table anew without the doomed rows and answers how many there were. Untouched where there are none, unless it has
 * layers: rows of the base that no longer count may be of the doomed all the same.
 */
export async function eraseRows(engine: Engine, erased: RowsToErase): Promise<number> {
  const { column, doomed } = erased;
  const table = assertTableName(erased.table);
  const [found] = await engine.query<{ n: number }>(
    `SELECT count() AS n FROM ${table} AS t INNER JOIN (SELECT DISTINCT ${doomed.key} FROM (${doomed.sql})) AS d ON d.${doomed.key} = t.${column}`,
  );
  const rows = Number(found?.n ?? 0);
  if (rows === 0 && !(await hasLayers(engine, table))) return 0;
  const columns = await columnsOf(engine, table);
  const next: TableDefinition = { name: `${table}${PARTIAL}`, columns, ...layoutOf(columns) };
  await engine.dropTable(next.name);
  await engine.createTable(next);
  const kept = Object.keys(columns);
  await engine.command(
    `INSERT INTO ${next.name} (${kept.join(', ')}) SELECT ${kept.map((name) => `t.${name}`).join(', ')} FROM ${table} AS t
     ANTI LEFT JOIN (SELECT DISTINCT ${doomed.key} FROM (${doomed.sql})) AS d ON d.${doomed.key} = t.${column}`,
  );
  await promote(engine, table);
  return rows;
}

async function hasLayers(engine: Engine, table: string): Promise<boolean> {
  const layers = await engine.layered?.find(table);
  return layers !== undefined && layers.base !== table;
}

/** Ends what a cut left: a whole copy takes the table's place, a partial one is forgotten. */
export async function endCutErasure(engine: Engine): Promise<void> {
  const names = new Set(await engine.listTables());
  for (const name of names) {
    if (name.endsWith(WHOLE)) await promote(engine, name.slice(0, -WHOLE.length));
    else if (name.endsWith(PARTIAL) && !names.has(`${name.slice(0, -PARTIAL.length)}${WHOLE}`))
      await engine.dropTable(name);
  }
}

async function promote(engine: Engine, table: string): Promise<void> {
  if ((await engine.listTables()).includes(`${table}${PARTIAL}`)) {
    await engine.replaceTable(`${table}${WHOLE}`, `${table}${PARTIAL}`);
  }
  await engine.replaceTable(table, `${table}${WHOLE}`);
}

async function columnsOf(engine: Engine, table: string): Promise<Columns> {
  const rows = await engine.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
    { table },
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

/** As `tables.ts` lays them out, told by the columns. */
function layoutOf(columns: Columns): Pick<TableDefinition, 'orderBy' | 'shardBy'> {
  const names = Object.keys(columns);
  if (names.includes('position')) return { orderBy: [], shardBy: 'person' };
  if (names.includes('match_key')) {
    return names.length === 1
      ? { orderBy: ['match_key'], shardBy: 'match_key' }
      : { orderBy: [], shardBy: 'match_key' };
  }
  if (names.includes('left_person')) return { orderBy: ['left_person'], shardBy: 'left_person' };
  if (names.includes('said')) return { orderBy: ['consent_class'], shardBy: 'random' };
  if (names.includes('text')) return { orderBy: ['string'], shardBy: 'random' };
  if (names.includes('state')) return { orderBy: ['id'], shardBy: 'random' };
  return { orderBy: names.includes('column') ? ['person', 'column'] : ['person'], shardBy: 'person' };
}
