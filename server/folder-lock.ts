// One service a data folder: a lock that the system lets go of when its holder dies, however it dies.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import knex from 'knex';

/** A predecessor that is ending may still hold the folder for a moment. */
const PATIENCE_MS = 3_000;

export class FolderInUse extends Error {}

export interface FolderLock {
  release(): Promise<void>;
}

/** Throws when another service holds the folder. SQLite's own file lock is used: a file with a process id outlives a kill. */
export async function lockFolder(dataDir: string, { patienceMs = PATIENCE_MS } = {}): Promise<FolderLock> {
  mkdirSync(dataDir, { recursive: true });
  const db = knex({
    client: 'sqlite3',
    connection: { filename: join(dataDir, 'serve.lock') },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  try {
    await db.raw(`PRAGMA busy_timeout = ${patienceMs}`);
    await db.raw('BEGIN EXCLUSIVE');
  } catch (cause) {
    await db.destroy();
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause;
    throw new FolderInUse(`another service is running in ${dataDir}: end it first, or choose another --data-dir`);
  }
  return { release: () => db.destroy() };
}
