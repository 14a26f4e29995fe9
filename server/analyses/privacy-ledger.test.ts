// The privacy ledger keeps its promises on SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { privacyLedgerSuite } from '../testing/privacy-ledger-suite.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

privacyLedgerSuite(async () => openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') }), {
  racers: 10_000,
  atOnce: 10_000,
});
