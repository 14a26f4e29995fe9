// Claiming: the oldest job that is due and whose turn it is, or one whose worker fell silent. Every claim raises the fencing token.
import type { Knex } from 'knex';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { EXCLUSIVE_KINDS, type JobRow } from './job.ts';
import { CLAIM_WINDOW, LEASE_MS } from './limits.ts';

export interface ClaimRequest {
  readonly workerId: string;
  readonly kinds: readonly string[];
  readonly now: Date;
}

export interface ClaimedJob extends JobRow {
  /** Taken over from a worker that fell silent. */
  takenOver: boolean;
}

// Any constant serves, as long as no other user of the database takes the same.
const POSTGRES_CLAIM_LOCK = 5_223_012;

export async function claimJob(db: Database, request: ClaimRequest): Promise<ClaimedJob | undefined> {
  // A look without a lock first: an idle worker must not take the write lock five times a second.
  if ((await candidate(db.knex, request)) === undefined) return undefined;
  return writeTransaction(db, async (trx) => {
    if (db.dialect === 'postgres') await trx.raw('select pg_advisory_xact_lock(?)', [POSTGRES_CLAIM_LOCK]);
    const row = await candidate(trx, request);
    if (row === undefined) return undefined;
    const change = {
      state: 'running' as const,
      phase: row.state === 'running' ? row.phase : 'starting',
      failure: null,
      attempts: row.attempts + 1,
      fencing_token: row.fencing_token + 1,
      leased_by: request.workerId,
      lease_expires_at: new Date(request.now.getTime() + LEASE_MS).toISOString(),
      started_at: row.started_at ?? request.now.toISOString(),
    };
    await trx<JobRow>('jobs').where({ id: row.id }).update(change);
    return { ...row, ...change, takenOver: row.state === 'running' };
  });
}

async function candidate(source: Knex, { kinds, now }: ClaimRequest): Promise<JobRow | undefined> {
  const instant = now.toISOString();
  const rows = await source<JobRow>('jobs').whereIn('state', ['queued', 'running']).orderBy('id').limit(CLAIM_WINDOW);
  const isLost = (row: JobRow) => row.state === 'running' && (row.lease_expires_at ?? '') <= instant;
  const started = rows.find((row) => isExclusive(row) && row.attempts > 0);
  if (started !== undefined) return isLost(started) || isDue(started, instant) ? known(started, kinds) : undefined;
  const busyTurns = new Set(rows.filter((row) => row.state === 'running' && !isLost(row)).map((row) => row.turn_id));
  for (const row of rows) {
    if (isExclusive(row)) return rows.some((other) => other.state === 'running') ? undefined : known(row, kinds);
    const mayRun = isDue(row, instant) || isLost(row);
    const isItsTurn = row.turn_id === null || !busyTurns.has(row.turn_id);
    if (mayRun && isItsTurn && kinds.includes(row.kind)) return row;
    // A waiting job keeps its place: a later one of the same turn does not overtake it.
    if (row.turn_id !== null) busyTurns.add(row.turn_id);
  }
  return undefined;
}

/**
 * A rotation runs alone: whatever reads match keys in the middle of it would read them under the wrong key. Once started it
 * is ended before anything else, since a cut may leave the new key recorded and the old tables in place.
 */
function isExclusive(row: JobRow): boolean {
  return EXCLUSIVE_KINDS.includes(row.kind);
}

function isDue(row: JobRow, instant: string): boolean {
  return row.state === 'queued' && row.run_after <= instant;
}

function known(row: JobRow, kinds: readonly string[]): JobRow | undefined {
  return kinds.includes(row.kind) ? row : undefined;
}

/** At the start of the one worker that owns the data folder: its earlier self is dead, so its leases are over. */
export async function expireLeasesOf(db: Database, workerId: string, now: Date): Promise<number> {
  return writeTransaction(db, (trx) =>
    trx<JobRow>('jobs')
      .where({ state: 'running', leased_by: workerId })
      .update({ lease_expires_at: now.toISOString() }),
  );
}
