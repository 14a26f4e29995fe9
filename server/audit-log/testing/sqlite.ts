// A SQLite database in a temporary folder, opened as the service opens it. The folder goes when the test file has ended.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Database, openDatabase } from '../../database/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-audit-'));
let opened = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export async function openSqlite(): Promise<Database> {
  opened += 1;
  return openDatabase({ dialect: 'sqlite', file: join(folder, `${opened}.db`) });
}
