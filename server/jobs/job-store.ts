// The rows of jobs. Everything a worker writes carries its fencing token, so that a worker that lost its lease changes nothing.
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { notFound } from '../errors.ts';
import { listPage, type Page, type PageRequest } from '../http/page.ts';
import { newId } from '../ids.ts';
import { ENDED_STATES, type JobFailure, type JobRow, type JobState, LeaseLost, type NewJob } from './job.ts';

export interface Lease {
  readonly jobId: string;
  readonly fencingToken: number;
}

/** Queues a job in the transaction of the change that asks for it. */
export async function insertJob(tx: AuditedTransaction, job: NewJob, instant: string): Promise<string> {
  const id = job.id ?? newId('job');
  await tx.trx<JobRow>('jobs').insert({
    id,
    tenant_id: job.tenantId,
    kind: job.kind,
    state: 'queued',
    subject_kind: job.subject.kind,
    subject_id: job.subject.id,
    turn_id: job.turnId ?? null,
    input: JSON.stringify(job.input ?? {}),
    phase: 'queued',
    rows_done: 0,
    bytes_done: 0,
    attempts: 0,
    fencing_token: 0,
    cancel_requested: 0,
    created_by: job.createdBy,
    created_at: instant,
    run_after: instant,
  });
  return id;
}

/** Throws `not_found` for a job of another tenant. */
export async function getJob(db: Database, id: string, tenantId: string): Promise<JobRow> {
  const row = await db.knex<JobRow>('jobs').where({ id, tenant_id: tenantId }).first();
  if (row === undefined) throw notFound('job');
  return row;
}

export function listJobs<T>(
  db: Database,
  tenantId: string,
  page: PageRequest,
  bodyOf: (row: JobRow) => T,
): Promise<Page<T>> {
  return listPage(db.knex<JobRow>('jobs').where({ tenant_id: tenantId }), page, bodyOf);
}

/** Ends the job in the transaction of its effect. Throws LeaseLost, which takes the effect back with it. */
export async function endJob(
  tx: AuditedTransaction,
  lease: Lease,
  end: { state: JobState; at: string; outcome?: unknown; failure?: JobFailure },
): Promise<void> {
  await updateLeased(tx.trx, lease, {
    state: end.state,
    phase: end.state,
    finished_at: end.at,
    leased_by: null,
    lease_expires_at: null,
    outcome: end.outcome === undefined ? null : JSON.stringify(end.outcome),
    failure: end.failure === undefined ? null : JSON.stringify(end.failure),
  });
}

/** Checks in a transaction that the lease still holds, for an effect in the middle of a job. */
export async function requireLease(tx: AuditedTransaction, lease: Lease): Promise<void> {
  await updateLeased(tx.trx, lease, { fencing_token: lease.fencingToken });
}

export async function requeueJob(db: Database, lease: Lease, runAfter: string): Promise<void> {
  await writeTransaction(db, (trx) => updateLeased(trx, lease, queuedAgain(runAfter)));
}

/** Like `requeueJob`, and the attempt does not count: it did not fail. `held` says what it waits for until it is claimed again. */
export async function postponeJob(
  db: Database,
  lease: Lease,
  { runAfter, held }: { runAfter: string; held?: JobFailure | undefined },
): Promise<void> {
  const waiting = held === undefined ? {} : { phase: 'held', failure: JSON.stringify(held) };
  await writeTransaction(db, async (trx) => {
    await trx<JobRow>('jobs').where({ id: lease.jobId }).decrement('attempts', 1);
    await updateLeased(trx, lease, { ...queuedAgain(runAfter), ...waiting });
  });
}

function queuedAgain(runAfter: string): Partial<JobRow> {
  return { state: 'queued', phase: 'queued', run_after: runAfter, leased_by: null, lease_expires_at: null };
}

/** Renews the lease; false once the job belongs to another worker. `cancelled` when somebody asked for its end. */
export async function renewLease(
  db: Database,
  lease: Lease,
  change: Partial<
    Pick<JobRow, 'lease_expires_at' | 'phase' | 'rows_done' | 'bytes_done' | 'bytes_total' | 'checkpoint'>
  >,
): Promise<{ held: boolean; cancelled: boolean }> {
  const place = { id: lease.jobId, fencing_token: lease.fencingToken, state: 'running' as const };
  const changed = await writeTransaction(db, (trx) => trx<JobRow>('jobs').where(place).update(change));
  const row = await db.knex<JobRow>('jobs').where({ id: lease.jobId }).first('cancel_requested');
  return { held: changed > 0, cancelled: row?.cancel_requested === 1 };
}

/** Asks the jobs of a subject to end: a waiting one at once, a running one at its next heartbeat. */
export async function cancelJobsOf(tx: AuditedTransaction, turnId: string, at: string): Promise<number> {
  const waiting = await tx
    .trx<JobRow>('jobs')
    .where({ turn_id: turnId, state: 'queued' })
    .update({ state: 'cancelled', phase: 'cancelled', finished_at: at });
  const running = await tx
    .trx<JobRow>('jobs')
    .where({ turn_id: turnId, state: 'running' })
    .update({ cancel_requested: 1 });
  return waiting + running;
}

export async function countJobsByState(db: Database): Promise<Record<string, number>> {
  const rows: { state: string; jobs: number }[] = await db
    .knex('jobs')
    .whereNotIn('state', ENDED_STATES)
    .groupBy('state')
    .select('state')
    .count({ jobs: '*' } as object);
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.jobs)]));
}

export interface JobCount {
  readonly kind: string;
  readonly state: JobState;
  readonly count: number;
  readonly oldestAt: string;
}

/** Of every tenant together: those that have not ended, and those that ended since. */
export async function countRecentJobs(db: Database, since: string): Promise<JobCount[]> {
  const rows: { kind: string; state: JobState; jobs: number; oldest: string }[] = await db
    .knex('jobs')
    .where((either) => either.whereNotIn('state', ENDED_STATES).orWhere('finished_at', '>=', since))
    .groupBy('kind', 'state')
    .orderBy(['kind', 'state'])
    .select('kind', 'state')
    .count({ jobs: '*' } as object)
    .min({ oldest: 'created_at' } as object);
  return rows.map((row) => ({ kind: row.kind, state: row.state, count: Number(row.jobs), oldestAt: row.oldest }));
}

async function updateLeased(trx: Knex.Transaction, lease: Lease, change: Partial<JobRow>): Promise<void> {
  const changed = await trx<JobRow>('jobs')
    .where({ id: lease.jobId, fencing_token: lease.fencingToken, state: 'running' })
    .update(change);
  if (changed === 0) throw new LeaseLost(lease.jobId);
}
