// Prepared reads: a change of the table is seen, a failed read costs nobody else, and a database with many of them still closes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, type Database, openDatabase } from './database.ts';
import { isWorthKeeping } from './kept-statements.ts';
import { MAX_KEPT_SQL_CHARACTERS, MAX_KEPT_STATEMENTS, SQLITE_CONNECTIONS } from './limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-kept-'));
const file = join(folder, 'kept.db');
let db: Database;

beforeAll(async () => {
  db = openDatabase({ dialect: 'sqlite', file });
  await db.knex.schema.createTable('things', (table) => void table.string('id').primary());
  await db.knex('things').insert([{ id: 'a' }, { id: 'b' }]);
});
afterAll(async () => {
  await closeDatabase(db);
  rmSync(folder, { recursive: true, force: true });
});

const read = (on: Database = db) => on.knex('things').select('*').orderBy('id');

test('a read sees what was written and which columns there are since it was prepared', async () => {
  await read();
  await db.knex.schema.alterTable('things', (table) => void table.string('colour').nullable());
  await db.knex('things').insert({ id: 'c', colour: 'red' });
  expect(await read()).toEqual([
    { id: 'a', colour: null },
    { id: 'b', colour: null },
    { id: 'c', colour: 'red' },
  ]);
});

test('reads with other values at once, in one transaction and beside it, do not mix', async () => {
  const ids = ['a', 'b', 'c', 'nobody'];
  const find = (knex: Database['knex'], id: string) => knex('things').where({ id }).first();
  const answers = await db.knex.transaction((trx) =>
    Promise.all([...ids.map((id) => find(trx, id)), ...ids.map((id) => find(db.knex, id))]),
  );
  expect(answers.map((row) => row?.id)).toEqual(['a', 'b', 'c', undefined, 'a', 'b', 'c', undefined]);
});

test('a read that fails is an error each time, and works once its table is there', async () => {
  const later = () => db.knex('later').select('*');
  await expect(later()).rejects.toThrow(/no such table/);
  await expect(later()).rejects.toThrow(/no such table/);
  await db.knex.schema.createTable('later', (table) => void table.string('id').primary());
  expect(await later()).toEqual([]);
  await db.knex.schema.dropTable('later');
  await expect(later()).rejects.toThrow(/no such table/);
});

test('a prepared read holds no lock: another writer goes on, and the table can go', async () => {
  const other = openDatabase({ dialect: 'sqlite', file });
  await Promise.all(Array.from({ length: SQLITE_CONNECTIONS * 2 }, () => read()));
  await other.knex('things').insert({ id: 'd' });
  expect(await read()).toHaveLength(4);
  await other.knex('things').where({ id: 'd' }).delete();
  await closeDatabase(other);
});

test('a database with more reads than are kept closes', async () => {
  const other = openDatabase({ dialect: 'sqlite', file });
  for (let n = 0; n <= MAX_KEPT_STATEMENTS + 5; n++) await other.knex('things').select(`id as id_${n}`);
  expect(await read(other)).toHaveLength(3);
  await closeDatabase(other);
});

test('only reads of a bounded length are kept', () => {
  expect(isWorthKeeping('select 1')).toBe(true);
  expect(isWorthKeeping('delete from things')).toBe(false);
  expect(isWorthKeeping(`select ${' '.repeat(MAX_KEPT_SQL_CHARACTERS)}1`)).toBe(false);
});
