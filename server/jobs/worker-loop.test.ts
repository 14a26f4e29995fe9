// The worker's loop: what becomes of attempts that end, fail, give up, are cancelled or come too late.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { type AuditDraft, auditedTransaction } from '../database/audited-transaction.ts';
import { closeDatabase, type Database, openDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { makeLog } from '../log.ts';
import { ENDED_STATES, type JobRow, PermanentFailure } from './job.ts';
import { cancelJobsOf, insertJob } from './job-store.ts';
import type { RunningJob } from './running-job.ts';
import { type JobKind, retryDelayMs, WorkerLoop } from './worker-loop.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-worker-'));
let db: Database;
let loop: WorkerLoop | undefined;
let running: Promise<void> | undefined;

beforeAll(async () => {
  db = openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
  await migrateUp(db);
});
beforeEach(() => db.knex('jobs').delete());
afterEach(async () => {
  loop?.stop();
  await running;
});
afterAll(async () => {
  await closeDatabase(db);
  rmSync(folder, { recursive: true, force: true });
});

const EVENT: AuditDraft = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
};

function start(kind: Omit<JobKind, 'name'>): void {
  loop = new WorkerLoop({
    db,
    clock: systemClock,
    log: makeLog('silent', 'worker'),
    workerId: 'one',
    kinds: [{ name: 'tried', ...kind }],
    concurrency: 2,
  });
  running = loop.run();
}

async function queue(turnId?: string): Promise<string> {
  const job = {
    kind: 'tried',
    tenantId: null,
    subject: { kind: 'test', id: 'test' },
    createdBy: 'test',
    ...(turnId ? { turnId } : {}),
  };
  const { result } = await auditedTransaction(db, EVENT, (tx) => insertJob(tx, job, new Date().toISOString()));
  return result;
}

async function rowWhen(
  id: string,
  isReached: (row: JobRow) => boolean = (row) => ENDED_STATES.includes(row.state),
): Promise<JobRow> {
  for (;;) {
    const row = await db.knex<JobRow>('jobs').where({ id }).first();
    if (row && isReached(row)) return row;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const succeed = (job: RunningJob) =>
  job.complete({ state: 'succeeded' }, EVENT, async () => undefined).then(() => undefined);
const eventsOf = async (id: string) =>
  (await db.knex('audit_leaves').where({ subject_id: id }).select('event')).map((row) => row.event);

test('a job that fails for now is tried again and may succeed', async () => {
  const id = await queue();
  start({ run: (job) => (job.attempt < 2 ? Promise.reject(new Error('not now')) : succeed(job)) });
  expect(await rowWhen(id)).toMatchObject({ state: 'succeeded', attempts: 2 });
});

test('a job that no retry mends fails at once, in words that may be shown, and its subject is told', async () => {
  const told: string[] = [];
  const id = await queue();
  start({
    run: () => Promise.reject(new PermanentFailure({ code: 'file_empty', detail: 'The file is empty.' })),
    givenUp: async (_tx, _job, failure) => void told.push(failure.code),
  });
  const row = await rowWhen(id);
  expect(row).toMatchObject({ state: 'failed', attempts: 1 });
  expect(JSON.parse(row.failure ?? '')).toEqual({ code: 'file_empty', detail: 'The file is empty.' });
  expect(told).toEqual(['file_empty']);
  expect(await eventsOf(id)).toEqual(['job.failed']);
});

test('a job that comes to no end is a failure, not a success', async () => {
  const id = await queue();
  start({ run: async () => undefined });
  expect(JSON.parse((await rowWhen(id)).failure ?? '')).toMatchObject({ code: 'job_unfinished' });
});

test('a checkpoint of one attempt is there in the next', async () => {
  const id = await queue();
  const seen: unknown[] = [];
  start({
    run: async (job) => {
      seen.push(job.checkpoint);
      if (job.attempt > 1) return succeed(job);
      await job.saveCheckpoint({ batches: 3 });
      throw new Error('cut');
    },
  });
  await rowWhen(id);
  expect(seen).toEqual([undefined, { batches: 3 }]);
});

test('a cancelled job is aborted and ends as cancelled', async () => {
  const id = await queue('dts_a');
  start({
    run: (job) => new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
  });
  await rowWhen(id, (row) => row.state === 'running');
  await auditedTransaction(db, EVENT, (tx) => cancelJobsOf(tx, 'dts_a', new Date().toISOString()));
  await db.knex('jobs').where({ id }).update({ phase: 'waiting' });
  expect(await rowWhen(id)).toMatchObject({ state: 'cancelled' });
  expect(await eventsOf(id)).toEqual(['job.cancelled']);
}, 20_000);

test('a worker that stops gives its jobs back for the next, without a pause', async () => {
  const id = await queue();
  start({
    run: (job) => new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason))),
  });
  await rowWhen(id, (row) => row.state === 'running');
  loop?.stop();
  await running;
  expect(await rowWhen(id, () => true)).toMatchObject({ state: 'queued', leased_by: null });
});

test('an attempt whose job was taken over changes nothing', async () => {
  const id = await queue();
  start({
    run: async (job) => {
      await db.knex('jobs').where({ id: job.id }).update({ fencing_token: 99 });
      await succeed(job);
    },
  });
  expect(await rowWhen(id, (row) => row.fencing_token === 99)).toMatchObject({ state: 'running' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await rowWhen(id, () => true)).toMatchObject({ state: 'running', outcome: null });
});

test('pauses between attempts double up to a bound', () => {
  const delays = [1, 2, 3, 8, 30].map(retryDelayMs);
  expect(delays).toEqual([500, 1000, 2000, 60_000, 60_000]);
});
