// Changing a key without a new upload. Every table of match keys is written anew beside the old one, then the control
// plane records the new key, then the new tables take the place of the old: a cut at any point leaves one whole state.
import type { Columns, Engine, TableDefinition } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { rekeyParams, rekeySql } from './rekey-sql.ts';

export interface Rotation {
  /** 32 bytes each. */
  readonly oldKey: Uint8Array;
  readonly newKey: Uint8Array;
  /** Called once all new tables stand; records that the new key is the valid one. */
  commit(): Promise<void>;
}

/** Re-keys dataset versions and suppression lists of one tenant. Contributions keep their own key. */
export async function rotateTenantKey(engine: Engine, rotation: Rotation & { owners: readonly string[] }) {
  await rotate(engine, rotation, rotation.owners);
}

/** Re-keys the contributions of one collaboration. */
export async function rotateCollaborationKey(
  engine: Engine,
  rotation: Rotation & { contributions: readonly string[] },
) {
  await rotate(engine, rotation, rotation.contributions);
}

/**
 * Puts prepared tables in the place of the old ones; harmless when there are none. To be called at start for the owners
 * of a rotation that was committed and then cut.
 */
export async function promoteRotation(engine: Engine, owners: readonly string[]): Promise<void> {
  for (const prepared of await preparedTables(engine, owners)) {
    await engine.replaceTable(prepared.slice(0, -NEXT.length), prepared);
  }
}

/** Forgets prepared tables of a rotation that was cut before its commit. */
export async function abandonRotation(engine: Engine, owners: readonly string[]): Promise<void> {
  for (const prepared of await preparedTables(engine, owners)) await engine.dropTable(prepared);
}

const NEXT = '_next';

async function rotate(engine: Engine, rotation: Rotation, owners: readonly string[]): Promise<void> {
  await abandonRotation(engine, owners);
  try {
    for (const table of await tablesOf(engine, owners)) await prepare(engine, table, rotation);
    await rotation.commit();
  } catch (thrown) {
    await abandonRotation(engine, owners);
    throw thrown;
  }
  await promoteRotation(engine, owners);
}

async function prepare(engine: Engine, table: string, rotation: Rotation): Promise<void> {
  const columns = await columnsOf(engine, table);
  const keyColumns = Object.keys(columns).filter((name) => columns[name] === 'FixedString(16)');
  if (keyColumns.length === 0) return;
  const next: TableDefinition = {
    name: `${table}${NEXT}`,
    columns,
    orderBy: [],
    shardBy: 'match_key' in columns ? 'match_key' : 'person',
  };
  await engine.createTable(next);
  const values = Object.keys(columns).map((name) => (keyColumns.includes(name) ? rekeyed(name) : name));
  await engine.command(
    `INSERT INTO ${next.name} (${Object.keys(columns).join(', ')}) SELECT ${values.join(', ')} FROM ${table}`,
    rekeyParams(rotation),
  );
}

/** In the archive sixteen zero bytes say that a row has no key in that column. */
function rekeyed(column: string): string {
  return `if(reinterpretAsUInt128(${column}) = 0, ${column}, ${rekeySql(column)})`;
}

async function columnsOf(engine: Engine, table: string): Promise<Columns> {
  const rows = await engine.query<{ name: string; type: string }>(
    'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
    { table },
  );
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]));
}

async function tablesOf(engine: Engine, owners: readonly string[]): Promise<string[]> {
  const prefixes = owners.map((owner) => tableName(owner, 'x').slice(0, -1));
  return (await engine.listTables()).filter((table) => prefixes.some((prefix) => table.startsWith(prefix)));
}

async function preparedTables(engine: Engine, owners: readonly string[]): Promise<string[]> {
  return (await tablesOf(engine, owners)).filter((table) => table.endsWith(NEXT));
}
