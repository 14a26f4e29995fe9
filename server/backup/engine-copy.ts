// The tables of the engine out into files and back. The files say nothing of the form they came from, so that what one machine held
// is restored into a cluster, and the other way round.
import { createHash } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, TableDefinition } from '../../matching/engine/engine.ts';
import type { CopiedEngineTable } from './manifest.ts';

export async function copyEngineOut(
  engine: Engine,
  folder: string,
  onTable: (name: string) => void,
): Promise<CopiedEngineTable[]> {
  await mkdir(join(folder, 'engine'), { recursive: true, mode: 0o700 });
  const copied: CopiedEngineTable[] = [];
  for (const name of await engine.listTables()) {
    onTable(name);
    copied.push(await copyTable(engine, folder, name));
  }
  return copied;
}

async function copyTable(engine: Engine, folder: string, name: string): Promise<CopiedEngineTable> {
  const described = await engine.query<{ name: string; type: string }>(
    `SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {name:String} ORDER BY position`,
    { name },
  );
  const columns = Object.fromEntries(described.map((column) => [column.name, column.type]));
  const [counted] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${name}`);
  const path = join('engine', `${name}.rows`);
  const hash = createHash('sha256');
  const file = await open(join(folder, path), 'w', 0o600);
  for await (const block of engine.streamBinary(`SELECT ${Object.keys(columns).join(', ')} FROM ${name}`)) {
    hash.update(block);
    await file.write(block);
  }
  await file.sync();
  await file.close();
  const orderBy = await orderOf(engine, name);
  return { name, path, rows: counted?.n ?? 0, sha256: hash.digest('hex'), columns, orderBy };
}

/** Of the table itself, or of what stands behind its front on a cluster. */
async function orderOf(engine: Engine, name: string): Promise<string[]> {
  const rows = await engine.query<{ key: string }>(
    `SELECT sorting_key AS key FROM system.tables WHERE database = currentDatabase()
     AND name IN ({name:String}, {local:String}) AND sorting_key != ''`,
    { name, local: `${name}_local` },
  );
  return rows[0]?.key.split(', ') ?? [];
}

export async function copyEngineIn(
  engine: Engine,
  folder: string,
  tables: readonly CopiedEngineTable[],
  onTable: (name: string) => void,
): Promise<void> {
  for (const { name, path, rows, columns, orderBy } of tables) {
    onTable(name);
    await engine.createTable({ name, columns, orderBy, shardBy: placeOf(columns) });
    if (rows > 0) await engine.insertFile({ table: name, columns }, { path: join(folder, path), format: 'RowBinary' });
    const [counted] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${name}`);
    if (counted?.n !== rows)
      throw new Error(`${name} has ${counted?.n} rows after the restore, ${rows} were backed up`);
  }
}

const PLACES = ['match_key', 'record_key', 'left_person', 'person'] as const;

/** Tables that meet in a join are placed by the column they meet by, which each of them has. */
function placeOf(columns: Readonly<Record<string, string>>): TableDefinition['shardBy'] {
  return PLACES.find((column) => column in columns) ?? 'random';
}
