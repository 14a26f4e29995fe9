// A worker whose job was taken over touches no table, even if it only notices long after.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../matching/engine/engine.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { closeDatabase, type Database, openDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { claimJob } from './claim-job.ts';
import { duringAttempt, guardedEngine, lookAgain, tagOfAttempt } from './guarded-engine.ts';
import { LeaseLost } from './job.ts';
import { insertJob, type Lease } from './job-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-guarded-'));
let db: Database;

beforeAll(async () => {
  db = openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
  await migrateUp(db);
});
afterAll(async () => {
  await closeDatabase(db);
  rmSync(folder, { recursive: true, force: true });
});

const EVENT = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
} as const;

/** Writes down what it was asked instead of doing it. */
function listeningEngine(heard: string[]): Engine {
  const hear = (name: string) => async () => void heard.push(name);
  async function* rows(): AsyncIterable<never[]> {
    heard.push('stream');
    yield [];
  }
  return {
    kind: 'cluster',
    createTable: hear('createTable'),
    dropTable: hear('dropTable'),
    replaceTable: hear('replaceTable'),
    listTables: async () => [],
    command: hear('command'),
    query: async () => [],
    stream: rows,
    streamBinary: rows as never,
    insertFile: hear('insertFile'),
    adoptFile: hear('adoptFile'),
    findFile: async () => undefined,
    cancelTagged: hear('cancelTagged'),
    close: hear('close'),
  };
}

async function claimed(atMs: number): Promise<Lease> {
  const row = await claimJob(db, { workerId: `at ${atMs}`, kinds: ['load'], now: new Date(atMs) });
  if (row === undefined) throw new Error('nothing to claim');
  return { jobId: row.id, fencingToken: row.fencing_token };
}

test('after a take-over the earlier attempt is refused before every statement, the later one is not', async () => {
  const job = { kind: 'load', tenantId: null, subject: { kind: 'test', id: 'test' }, createdBy: 'test' };
  await auditedTransaction(db, EVENT, (tx) => insertJob(tx, job, new Date(1_000).toISOString()));
  const first = await claimed(2_000);
  const heard: string[] = [];
  const engine = guardedEngine(listeningEngine(heard), db);
  await duringAttempt(first, () => engine.dropTable('a'));
  expect(heard).toEqual(['dropTable']);
  const second = await claimed(60_000);
  const table = { name: 'a', columns: {}, orderBy: [], shardBy: 'random' } as const;
  const drained = async (blocks: AsyncIterable<unknown>) => {
    for await (const _ of blocks);
  };
  const late = [
    () => engine.createTable(table),
    () => engine.dropTable('a'),
    () => engine.replaceTable('a', 'b'),
    () => engine.command('INSERT'),
    () => engine.insertFile({ table: 'a', columns: {} }, { path: 'p', format: 'Native' }),
    () => engine.adoptFile(table, { path: 'p', rows: 1 }),
    () => drained(engine.stream('SELECT')),
    () => drained(engine.streamBinary('SELECT')),
  ];
  for (const statement of late) await expect(duringAttempt(first, statement)).rejects.toThrow(LeaseLost);
  expect(heard).toEqual(['dropTable']);
  await duringAttempt(second, () => engine.command('INSERT'));
  expect(heard).toEqual(['dropTable', 'command']);
});

test('an attempt that loses its job in the middle of a call is refused when the engine looks again', async () => {
  const job = { kind: 'load', tenantId: null, subject: { kind: 'test', id: 'again' }, createdBy: 'test' };
  await auditedTransaction(db, EVENT, (tx) => insertJob(tx, job, new Date(100_000).toISOString()));
  const first = await claimed(200_000);
  const heard: string[] = [];
  const twice = async () => {
    await lookAgain();
    heard.push('one');
    await claimed(300_000);
    await lookAgain();
    heard.push('two');
  };
  const engine = guardedEngine({ ...listeningEngine(heard), dropTable: twice }, db);
  await expect(duringAttempt(first, () => engine.dropTable('a'))).rejects.toThrow(LeaseLost);
  expect(heard).toEqual(['one']);
  await expect(lookAgain()).resolves.toBeUndefined();
});

test('statements of an attempt carry its job and its token', () => {
  expect(tagOfAttempt()).toBeUndefined();
  expect(duringAttempt({ jobId: 'job_a', fencingToken: 3 }, tagOfAttempt)).toBe('job_a.3');
});
