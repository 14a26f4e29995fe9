// One attempt at a job, as its kind sees it: input, progress, and the only ways to change anything, all of them fenced.
import type { JsonObject } from '../../audit/event.ts';
import { type Clock, instantOf } from '../clock.ts';
import {
  type AuditDraft,
  type Audited,
  type AuditedTransaction,
  auditedTransaction,
} from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { JobCancelled, type JobRow, LeaseLost } from './job.ts';
import { endJob, type Lease, renewLease, requireLease } from './job-store.ts';
import { HEARTBEAT_MS, LEASE_MS, PROGRESS_MS } from './limits.ts';

export interface JobProgress {
  readonly phase: string;
  readonly rows: number;
  readonly bytes: number;
  readonly totalBytes?: number;
}

export interface RunningJob {
  readonly id: string;
  readonly kind: string;
  readonly tenantId: string;
  readonly subjectId: string;
  readonly input: JsonObject;
  readonly attempt: number;
  /** What an earlier attempt saved. */
  readonly checkpoint: JsonObject | undefined;
  /** Aborted when the lease is lost, the job is cancelled, or the worker stops. */
  readonly signal: AbortSignal;
  readonly actor: { readonly kind: 'worker'; readonly id: string };
  progress(progress: JobProgress): void;
  /** Saves where a later attempt goes on. Throws LeaseLost. */
  saveCheckpoint(checkpoint: JsonObject): Promise<void>;
  /** An effect in the middle of the job. Throws LeaseLost. */
  during<T>(event: EventOf<T>, work: (tx: AuditedTransaction) => Promise<T>): Promise<Audited<T>>;
  /** The effect that ends the job, once, in one transaction with its state. Throws LeaseLost. */
  complete<T>(end: JobEnd, event: EventOf<T>, work: (tx: AuditedTransaction) => Promise<T>): Promise<Audited<T>>;
}

type EventOf<T> = AuditDraft | ((result: T) => AuditDraft);

export interface JobEnd {
  readonly state: 'succeeded' | 'partially_succeeded' | 'failed' | 'cancelled';
  readonly failure?: { code: string; detail: string };
}

interface AttemptOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly row: JobRow;
  readonly workerId: string;
}

export class Attempt implements RunningJob {
  readonly id: string;
  readonly kind: string;
  readonly tenantId: string;
  readonly subjectId: string;
  readonly input: JsonObject;
  readonly attempt: number;
  readonly checkpoint: JsonObject | undefined;
  readonly signal: AbortSignal;
  readonly actor: { readonly kind: 'worker'; readonly id: string };
  readonly lease: Lease;
  ended = false;

  readonly #db: Database;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  #pending: JobProgress | undefined;
  #lastBeatMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ db, clock, row, workerId }: AttemptOptions) {
    this.#db = db;
    this.#clock = clock;
    this.id = row.id;
    this.kind = row.kind;
    this.tenantId = row.tenant_id ?? '';
    this.subjectId = row.subject_id;
    this.input = JSON.parse(row.input) as JsonObject;
    this.attempt = row.attempts;
    this.checkpoint = row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as JsonObject);
    this.signal = this.#abort.signal;
    this.actor = { kind: 'worker', id: workerId };
    this.lease = { jobId: row.id, fencingToken: row.fencing_token };
  }

  startHeartbeat(): void {
    this.#timer = setInterval(() => void this.#beat(), PROGRESS_MS);
  }

  stopHeartbeat(): void {
    clearInterval(this.#timer);
  }

  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  progress(progress: JobProgress): void {
    this.#pending = progress;
  }

  async saveCheckpoint(checkpoint: JsonObject): Promise<void> {
    const { held } = await renewLease(this.#db, this.lease, { checkpoint: JSON.stringify(checkpoint) });
    if (!held) throw new LeaseLost(this.id);
  }

  during<T>(event: EventOf<T>, work: (tx: AuditedTransaction) => Promise<T>): Promise<Audited<T>> {
    return auditedTransaction(this.#db, event, async (tx) => {
      await requireLease(tx, this.lease);
      return work(tx);
    });
  }

  async complete<T>(end: JobEnd, event: EventOf<T>, work: (tx: AuditedTransaction) => Promise<T>): Promise<Audited<T>> {
    const audited = await auditedTransaction(this.#db, event, async (tx) => {
      await endJob(tx, this.lease, { ...end, at: instantOf(this.#clock) });
      return work(tx);
    });
    this.ended = true;
    return audited;
  }

  async #beat(): Promise<void> {
    const nowMs = this.#clock.now().getTime();
    const pending = this.#pending;
    if (pending === undefined && nowMs - this.#lastBeatMs < HEARTBEAT_MS) return;
    this.#pending = undefined;
    this.#lastBeatMs = nowMs;
    const lease_expires_at = new Date(nowMs + LEASE_MS).toISOString();
    try {
      const { held, cancelled } = await renewLease(this.#db, this.lease, { lease_expires_at, ...columnsOf(pending) });
      if (!held && !this.ended) this.abort(new LeaseLost(this.id));
      if (cancelled) this.abort(new JobCancelled(this.id));
    } catch {
      // The database was away for a moment; the next beat tries again long before the lease runs out.
    }
  }
}

function columnsOf(progress: JobProgress | undefined) {
  if (progress === undefined) return {};
  const { phase, rows, bytes, totalBytes } = progress;
  return {
    phase,
    rows_done: rows,
    bytes_done: bytes,
    ...(totalBytes === undefined ? {} : { bytes_total: totalBytes }),
  };
}
