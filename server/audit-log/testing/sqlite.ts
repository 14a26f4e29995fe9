// A SQLite database in a folder of its own, for tests.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createKnex, { type Knex } from 'knex';

export async function openSqlite(): Promise<{ knex: Knex; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-audit-'));
  const connection = { filename: join(folder, 'ecluse.sqlite') };
  const knex = createKnex({ client: 'sqlite3', connection, useNullAsDefault: true });
  const close = async (): Promise<void> => {
    await knex.destroy();
    rmSync(folder, { recursive: true });
  };
  return { knex, close };
}
