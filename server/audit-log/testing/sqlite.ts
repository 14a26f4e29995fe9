// A SQLite database in a folder of its own, opened as the service opens it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Database, openDatabase } from '../../database/database.ts';

export async function openSqlite(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-audit-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
}
