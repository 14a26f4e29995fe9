// The stores keep their promises on SQLite.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { databaseSuite } from '../testing/database-suite.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { writeTransaction } from './write-transaction.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-database-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

databaseSuite(async () => openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') }));

test('SQLite commits durably and lets readers pass a writer', async () => {
  const db = openDatabase({ dialect: 'sqlite', file: join(folder, 'pragmas.db') });
  const pragma = async (name: string) => Object.values((await db.knex.raw(`PRAGMA ${name}`))[0] as object)[0];
  expect(await Promise.all(['journal_mode', 'synchronous', 'foreign_keys'].map(pragma))).toEqual(['wal', 2, 1]);
  await closeDatabase(db);
});

test('two processes that write wait for each other instead of failing', async () => {
  const file = join(folder, 'two.db');
  const [one, two] = [openDatabase({ dialect: 'sqlite', file }), openDatabase({ dialect: 'sqlite', file })];
  await one.knex.schema.createTable('counters', (t) => void t.integer('n'));
  await one.knex('counters').insert({ n: 0 });
  const add = (db: typeof one) =>
    writeTransaction(db, async (trx) => {
      const row = await trx('counters').first('n');
      await trx('counters').update({ n: row.n + 1 });
    });
  await Promise.all(Array.from({ length: 40 }, (_, n) => add(n % 2 === 0 ? one : two)));
  expect((await one.knex('counters').first('n')).n).toBe(40);
  await Promise.all([closeDatabase(one), closeDatabase(two)]);
});
