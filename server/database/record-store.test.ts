// Record stores keep their contract on SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { recordStoreSuite } from '../testing/record-store-suite.ts';
import { openDatabase } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

recordStoreSuite(async () => openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') }));
