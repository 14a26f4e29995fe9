// What the control plane's stores promise, as one suite that every database runs.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuditDraft, auditedTransaction } from '../database/audited-transaction.ts';
import { closeDatabase, type Database } from '../database/database.ts';
import { isMigrated, migrateDown, migrateUp } from '../database/migrate.ts';
import { MIGRATIONS } from '../database/migrations.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { once } from '../http/idempotency.ts';
import { listPage } from '../http/page.ts';
import { newId } from '../ids.ts';
import { claimJob, expireLeasesOf } from '../jobs/claim-job.ts';
import { type JobRow, LeaseLost, type NewJob } from '../jobs/job.ts';
import { cancelJobsOf, endJob, getJob, insertJob, renewLease, requeueJob } from '../jobs/job-store.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { MovableClock } from './movable-clock.ts';

const EVENT: AuditDraft = {
  tenantId: null,
  actor: { kind: 'service', id: 'test' },
  event: 'service.started',
  outcome: 'succeeded',
  subject: { kind: 'test', id: 'test' },
  detail: {},
};

/** `open` gives an empty database that the suite may fill. */
export function databaseSuite(open: () => Promise<Database>): void {
  let db: Database;
  const at = () => db;
  beforeAll(async () => {
    db = await open();
    await migrateUp(db);
  });
  beforeEach(async () => {
    for (const table of ['jobs', 'idempotent_answers', 'wrapped_keys']) await db.knex(table).delete();
  });
  afterAll(() => closeDatabase(db));
  describe('migrations', () => migrationRules(at));
  describe('an audited transaction', () => transactionRules(at));
  describe('jobs', () => jobRules(at));
  describe('a lease', () => leaseRules(at));
  describe('an idempotency key', () => idempotencyRules(at));
  describe('keys', () => keyRules(at));
}

type At = () => Database;

function migrationRules(at: At): void {
  test('each goes up, down and up again', async () => {
    expect(await isMigrated(at())).toBe(true);
    await migrateDown(at());
    expect(await at().knex.schema.hasTable('tenants')).toBe(false);
    expect(await migrateUp(at())).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(await migrateUp(at())).toEqual([]);
  });

  test('a database of a newer release is refused', async () => {
    await expect(migrateUp(at(), MIGRATIONS.slice(1))).rejects.toThrow(/newer release/);
  });

  test('names ascend and every reason is told', () => {
    const names = MIGRATIONS.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(MIGRATIONS.every(({ why }) => why.length > 20)).toBe(true);
  });
}

function transactionRules(at: At): void {
  const countOf = async (table: string) =>
    Number(
      (
        await at()
          .knex(table)
          .count({ rows: '*' } as object)
          .first()
      )?.rows,
    );

  test('lands its change and its event together, or neither', async () => {
    const before = await countOf('audit_leaves');
    await auditedTransaction(at(), EVENT, async (tx) => insertJob(tx, jobOf('one'), new Date().toISOString()));
    const failing = auditedTransaction(at(), EVENT, async (tx) => {
      await insertJob(tx, jobOf('two'), new Date().toISOString());
      throw new Error('changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    expect([await countOf('audit_leaves'), await countOf('jobs')]).toEqual([before + 1, 1]);
  });

  test('many at once all land, and counts read back as numbers', async () => {
    const before = await countOf('audit_leaves');
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        auditedTransaction(at(), EVENT, (tx) => insertJob(tx, jobOf(`k${n}`), new Date().toISOString())),
      ),
    );
    expect(await countOf('audit_leaves')).toBe(before + 20);
    const row = await at().knex<JobRow>('jobs').first();
    expect(typeof row?.attempts).toBe('number');
  });

  test('pages run through every row once while rows arrive', async () => {
    for (let n = 0; n < 5; n++) await queue(at(), jobOf('page'));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPage<JobRow, string>(
        at().knex('jobs').where({ kind: 'page' }),
        { limit: 2, cursor },
        (row) => row.id,
      );
      seen.push(...page.items);
      cursor = page.next_cursor ?? undefined;
      await queue(at(), jobOf('page'));
    } while (cursor !== undefined);
    expect(seen).toHaveLength(5);
    expect(seen).toEqual(seen.toSorted().reverse());
  });
}

function jobOf(kind: string, more: Partial<NewJob> = {}): NewJob {
  return { kind, tenantId: 'ten_a', subject: { kind: 'test', id: 'dts_a' }, createdBy: 'mem_a', ...more };
}

async function queue(db: Database, job: NewJob, now = new Date()): Promise<string> {
  const { result } = await auditedTransaction(db, EVENT, (tx) => insertJob(tx, job, now.toISOString()));
  return result;
}

const KINDS = ['load', 'match', 'rotate-tenant-key'];
const claim = (db: Database, now: Date, workerId = 'one') => claimJob(db, { workerId, kinds: KINDS, now });
const later = (ms: number) => new Date(Date.now() + ms);

function jobRules(at: At): void {
  test('jobs of one turn run one after the other, others beside them', async () => {
    const first = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    const second = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    const other = await queue(at(), jobOf('load', { turnId: 'dts_b' }));
    expect((await claim(at(), later(1)))?.id).toBe(first);
    expect((await claim(at(), later(1)))?.id).toBe(other);
    expect(await claim(at(), later(1))).toBeUndefined();
    await end(at(), first, 1);
    expect((await claim(at(), later(1)))?.id).toBe(second);
  });

  test('a job that waits for another attempt keeps its place in the turn', async () => {
    const first = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    await claim(at(), later(1));
    await requeueJob(at(), { jobId: first, fencingToken: 1 }, later(60_000).toISOString());
    expect(await claim(at(), later(1_000))).toBeUndefined();
    expect((await claim(at(), later(61_000)))?.id).toBe(first);
  });

  test('one job is claimed once, however many workers ask at once', async () => {
    await queue(at(), jobOf('load'));
    const claims = await Promise.all(Array.from({ length: 8 }, (_, n) => claim(at(), later(1), `worker ${n}`)));
    expect(claims.filter((row) => row !== undefined)).toHaveLength(1);
  });

  test('a rotation waits for all, runs alone, and is ended first', async () => {
    const load = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    await claim(at(), later(1));
    const rotation = await queue(at(), jobOf('rotate-tenant-key', { turnId: 'ten_a' }));
    await queue(at(), jobOf('match', { turnId: 'col_a' }));
    expect(await claim(at(), later(1))).toBeUndefined();
    await end(at(), load, 1);
    expect((await claim(at(), later(1)))?.id).toBe(rotation);
    await requeueJob(at(), { jobId: rotation, fencingToken: 1 }, later(5_000).toISOString());
    expect(await claim(at(), later(1))).toBeUndefined();
    expect((await claim(at(), later(6_000)))?.id).toBe(rotation);
  });

  test("another tenant's job is not there", async () => {
    const id = await queue(at(), jobOf('load'));
    await expect(getJob(at(), id, 'ten_b')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('cancelling ends what waits and asks what runs', async () => {
    const running = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    const waiting = await queue(at(), jobOf('load', { turnId: 'dts_a' }));
    await claim(at(), later(1));
    await auditedTransaction(at(), EVENT, (tx) => cancelJobsOf(tx, 'dts_a', new Date().toISOString()));
    expect((await getJob(at(), waiting, 'ten_a')).state).toBe('cancelled');
    expect(await renewLease(at(), { jobId: running, fencingToken: 1 }, { rows_done: 1 })).toEqual({
      held: true,
      cancelled: true,
    });
  });
}

async function end(db: Database, jobId: string, fencingToken: number): Promise<void> {
  await auditedTransaction(db, EVENT, (tx) =>
    endJob(tx, { jobId, fencingToken }, { state: 'succeeded', at: new Date().toISOString() }),
  );
}

function leaseRules(at: At): void {
  test('that ran out lets another worker take the job over, with a higher fencing token', async () => {
    const id = await queue(at(), jobOf('load'));
    expect(await claim(at(), later(1))).toMatchObject({ fencing_token: 1, takenOver: false });
    expect(await claim(at(), later(10_000), 'two')).toBeUndefined();
    expect(await claim(at(), later(40_000), 'two')).toMatchObject({
      id,
      fencing_token: 2,
      attempts: 2,
      takenOver: true,
    });
  });

  test('that was lost commits nothing: the effect goes back with it', async () => {
    const id = await queue(at(), jobOf('load'));
    await claim(at(), later(1));
    await claim(at(), later(40_000), 'two');
    const late = auditedTransaction(at(), EVENT, async (tx) => {
      await insertJob(tx, jobOf('effect'), new Date().toISOString());
      await endJob(tx, { jobId: id, fencingToken: 1 }, { state: 'succeeded', at: new Date().toISOString() });
    });
    await expect(late).rejects.toThrow(LeaseLost);
    expect(await at().knex('jobs').where({ kind: 'effect' })).toEqual([]);
    expect(await renewLease(at(), { jobId: id, fencingToken: 1 }, { rows_done: 5 })).toMatchObject({ held: false });
  });

  test('of a dead worker ends when the same worker starts again', async () => {
    const id = await queue(at(), jobOf('load'));
    await claim(at(), later(1));
    await expireLeasesOf(at(), 'one', later(2));
    expect(await claim(at(), later(3))).toMatchObject({ id, takenOver: true });
  });
}

function idempotencyRules(at: At): void {
  const rootKey = new Uint8Array(32).fill(1);
  const requestOf = (body: unknown) => ({
    credentialId: 'key_a',
    key: 'the-key',
    request: { method: 'POST', path: '/v1/x', body },
  });

  test('runs the work once and answers the same again, without keeping the answer in the clear', async () => {
    const ground = { db: at(), clock: new MovableClock('2026-01-01T00:00:00.000Z'), rootKey };
    let runs = 0;
    const work = async () => ({ runs: ++runs, secret: 'shown once' });
    expect(await once(ground, requestOf(1), work)).toEqual(await once(ground, requestOf(1), work));
    expect(runs).toBe(1);
    expect(JSON.stringify(await at().knex('idempotent_answers'))).not.toContain('shown once');
  });

  test('is refused for another request, and free again after a failure', async () => {
    const ground = { db: at(), clock: new MovableClock('2026-01-01T00:00:00.000Z'), rootKey };
    const failing = once(ground, requestOf(1), () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await once(ground, requestOf(1), async () => 'yes')).toBe('yes');
    await expect(once(ground, requestOf(2), async () => 'other')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  test('says so while the first request is under way', async () => {
    const ground = { db: at(), clock: new MovableClock('2026-01-01T00:00:00.000Z'), rootKey };
    const nested = once(ground, requestOf(1), () => once(ground, requestOf(1), async () => 'inner'));
    await expect(nested).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  });
}

function keyRules(at: At): void {
  const ringOf = () =>
    new KeyRing({ db: at(), rootKey: new Uint8Array(32).fill(1), clock: new MovableClock('2026-01-01T00:00:00.000Z') });
  const tenant = newId('ten');

  test('a tenant key is found again, under no other root key, and gone once destroyed', async () => {
    const keys = ringOf();
    await auditedTransaction(at(), EVENT, (tx) => keys.createTenantKey(tx, tenant));
    expect(await keys.getTenantKey(tenant)).toHaveLength(32);
    const other = new KeyRing({
      db: at(),
      rootKey: new Uint8Array(32).fill(2),
      clock: new MovableClock('2026-01-01T00:00:00.000Z'),
    });
    await expect(other.getTenantKey(tenant)).rejects.toThrow();
    await auditedTransaction(at(), EVENT, (tx) =>
      keys.destroyKey(tx, { purpose: 'tenant-match', ownerId: tenant, objectId: tenant }),
    );
    await expect(keys.getTenantKey(tenant)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a wrapped key does not open in the row of another', async () => {
    const keys = ringOf();
    const other = newId('ten');
    await auditedTransaction(at(), EVENT, async (tx) => {
      await keys.createTenantKey(tx, tenant);
      await keys.createTenantKey(tx, other);
    });
    await writeTransaction(at(), async (trx) => {
      const mine = await trx('wrapped_keys').where({ owner_id: tenant }).first('wrapped');
      await trx('wrapped_keys').where({ owner_id: other }).update({ wrapped: mine.wrapped });
    });
    await expect(keys.getTenantKey(other)).rejects.toThrow();
  });
}
