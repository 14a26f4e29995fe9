// A job as rows keep it: long work with a state, an owner, and a turn among the jobs that touch the same thing.

import type { JsonObject } from '../../audit/event.ts';
import type { Job as JobBody } from '../../openapi/generated/api.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'partially_succeeded' | 'failed' | 'cancelled';

export const ENDED_STATES: readonly JobState[] = ['succeeded', 'partially_succeeded', 'failed', 'cancelled'];

/** Kinds that run while no other job runs, of any tenant. */
export const EXCLUSIVE_KINDS: readonly string[] = ['rotate-tenant-key', 'rotate-collaboration-key', 'erase', 'backup'];

export interface JobRow {
  id: string;
  tenant_id: string | null;
  kind: string;
  state: JobState;
  subject_kind: string;
  subject_id: string;
  turn_id: string | null;
  input: string;
  checkpoint: string | null;
  outcome: string | null;
  failure: string | null;
  phase: string;
  rows_done: number;
  bytes_done: number;
  bytes_total: number | null;
  attempts: number;
  fencing_token: number;
  cancel_requested: number;
  created_by: string;
  created_at: string;
  run_after: string;
  leased_by: string | null;
  lease_expires_at: string | null;
  started_at: string | null;
  finished_at: string | null;
}

export interface JobFailure {
  readonly code: string;
  readonly detail: string;
}

/** Thrown by a job that another attempt would not mend. Its words are public. */
export class PermanentFailure extends Error {
  readonly failure: JobFailure;

  constructor(failure: JobFailure, options?: { cause?: unknown }) {
    super(`${failure.code}: ${failure.detail}`, options);
    this.name = 'PermanentFailure';
    this.failure = failure;
  }
}

/** Thrown when another worker holds the job by now: whatever this one did is not to be committed. */
export class LeaseLost extends Error {
  constructor(jobId: string) {
    super(`the lease of ${jobId} was lost`);
    this.name = 'LeaseLost';
  }
}

/** Thrown by a job that has to wait, such as for a platform's quota. It is no failed attempt. */
export class JobPostponed extends Error {
  readonly retryAfterMs: number;
  /** Told with the waiting job, where somebody has to do something about it. */
  readonly held: JobFailure | undefined;

  constructor(retryAfterMs: number, options?: { cause?: unknown; held?: JobFailure }) {
    super('the job waits', options);
    this.name = 'JobPostponed';
    this.retryAfterMs = retryAfterMs;
    this.held = options?.held;
  }
}

export class JobCancelled extends Error {
  constructor(jobId: string) {
    super(`${jobId} was cancelled`);
    this.name = 'JobCancelled';
  }
}

export interface NewJob {
  readonly id?: string;
  readonly kind: string;
  readonly tenantId: string | null;
  readonly subject: { readonly kind: string; readonly id: string };
  /** Jobs with the same turn run one after the other. */
  readonly turnId?: string;
  readonly input?: JsonObject;
  readonly createdBy: string;
}

export function jobBody(row: JobRow): JobBody {
  return {
    id: row.id,
    kind: row.kind,
    status: row.state,
    subject_id: row.subject_id,
    progress: { phase: row.phase, rows: row.rows_done, bytes: row.bytes_done, total_bytes: row.bytes_total },
    attempts: row.attempts,
    error: row.failure === null ? null : (JSON.parse(row.failure) as JobFailure),
    created_at: row.created_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
  };
}
