// The worker's loop: claims jobs, runs a few beside each other, and decides what becomes of an attempt that did not end well.
import type { Logger } from 'pino';
import { EngineError } from '../../matching/engine/engine.ts';
import { type Clock, instantAfter, instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction, recordEvent } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { asService, asTenant } from '../database/row-scope.ts';
import { type ClaimedJob, claimJob, expireLeasesOf } from './claim-job.ts';
import { duringAttempt } from './guarded-engine.ts';
import { JobCancelled, type JobFailure, JobPostponed, LeaseLost, PermanentFailure } from './job.ts';
import { endJob, postponeJob, requeueJob } from './job-store.ts';
import { FIRST_RETRY_MS, GREATEST_RETRY_MS, MAX_ATTEMPTS, POLL_MS } from './limits.ts';
import { Attempt, type RunningJob } from './running-job.ts';

/** One kind of job. `run` ends it by `job.complete`; it may be started again after any of its steps, so each step is repeatable. */
export interface JobKind {
  readonly name: string;
  run(job: RunningJob): Promise<void>;
  /** What else changes when the job is given up, in the transaction that fails it. */
  givenUp?(tx: AuditedTransaction, job: RunningJob, failure: JobFailure): Promise<void>;
}

export interface WorkerLoopOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly workerId: string;
  readonly kinds: readonly JobKind[];
  readonly concurrency: number;
  /** Ends what an earlier attempt at this job left running in the engine. */
  readonly endLeftovers?: (jobId: string) => Promise<void>;
  /** What every job must know anew, such as the policies in force. */
  readonly beforeJob?: () => Promise<unknown>;
}

export class WorkerLoop {
  readonly #options: WorkerLoopOptions;
  readonly #running = new Map<Attempt, Promise<void>>();
  #stopping = false;

  constructor(options: WorkerLoopOptions) {
    this.#options = options;
  }

  /** Runs until `stop` is called. */
  run(): Promise<void> {
    return asService(() => this.#run());
  }

  async #run(): Promise<void> {
    const { db, clock, workerId } = this.#options;
    await expireLeasesOf(db, workerId, clock.now());
    while (!this.#stopping) {
      const isFree = this.#running.size < this.#options.concurrency;
      const started = isFree && (await this.#startNext());
      if (!started) await pause(POLL_MS);
    }
    await Promise.allSettled(this.#running.values());
  }

  /** Running jobs are aborted and queued again at once, for the next worker. */
  stop(): void {
    this.#stopping = true;
    for (const attempt of this.#running.keys()) attempt.abort(new WorkerStopped());
  }

  async #startNext(): Promise<boolean> {
    const { db, clock, workerId, kinds, log } = this.#options;
    try {
      const row = await claimJob(db, { workerId, kinds: kinds.map((kind) => kind.name), now: clock.now() });
      if (row === undefined) return false;
      const attempt = new Attempt({ db, clock, row, workerId });
      const work = this.#attempt(attempt, row).finally(() => this.#running.delete(attempt));
      this.#running.set(attempt, work);
      return true;
    } catch (error) {
      log.error({ err: nameOf(error) }, 'could not claim a job');
      return false;
    }
  }

  async #attempt(attempt: Attempt, row: ClaimedJob): Promise<void> {
    const { log } = this.#options;
    const kind = this.#options.kinds.find(({ name }) => name === row.kind);
    if (kind === undefined) return;
    attempt.startHeartbeat();
    try {
      if (row.takenOver) await this.#recordTakeOver(attempt, row);
      if (row.attempts > 1) await this.#options.endLeftovers?.(row.id);
      if (row.takenOver && row.attempts > MAX_ATTEMPTS) throw new PermanentFailure(WORKER_LOST);
      log.info({ job: row.id, kind: row.kind, attempt: row.attempts }, 'job started');
      await this.#options.beforeJob?.();
      await within(row.tenant_id, () => duringAttempt(attempt.lease, () => kind.run(attempt)));
      if (!attempt.ended) throw new PermanentFailure({ code: 'job_unfinished', detail: 'The job came to no end.' });
      log.info({ job: row.id, kind: row.kind }, 'job ended');
    } catch (error) {
      await this.#settle(kind, attempt, error);
    } finally {
      attempt.stopHeartbeat();
    }
  }

  async #settle(kind: JobKind, attempt: Attempt, error: unknown): Promise<void> {
    const { db, clock, log } = this.#options;
    log.warn(
      { job: attempt.id, kind: kind.name, attempt: attempt.attempt, err: nameOf(error) },
      'attempt did not end well',
    );
    if (error instanceof LeaseLost || attempt.signal.reason instanceof LeaseLost || attempt.ended) return;
    try {
      if (attempt.signal.reason instanceof WorkerStopped) return await requeueJob(db, attempt.lease, instantOf(clock));
      if (error instanceof JobPostponed) {
        const runAfter = instantAfter(clock, error.retryAfterMs);
        return await postponeJob(db, attempt.lease, { runAfter, held: error.held });
      }
      if (attempt.signal.reason instanceof JobCancelled) return await this.#end(kind, attempt, CANCELLED);
      const failure = permanentFailureOf(error) ?? (attempt.attempt >= MAX_ATTEMPTS ? exhaustionOf(error) : undefined);
      if (failure === undefined)
        await requeueJob(db, attempt.lease, instantAfter(clock, retryDelayMs(attempt.attempt)));
      else await this.#end(kind, attempt, failure);
    } catch (settleError) {
      // The lease runs out by itself, and another attempt follows.
      log.error({ job: attempt.id, err: nameOf(settleError) }, 'could not settle an attempt');
    }
  }

  async #end(kind: JobKind, attempt: Attempt, failure: JobFailure): Promise<void> {
    const { db, clock } = this.#options;
    const isCancelled = failure === CANCELLED;
    const event = {
      tenantId: attempt.tenantId || null,
      actor: attempt.actor,
      event: isCancelled ? 'job.cancelled' : 'job.failed',
      outcome: isCancelled ? 'succeeded' : 'failed',
      subject: { kind: 'job', id: attempt.id },
      detail: { kind: kind.name, code: failure.code, attempts: attempt.attempt },
    } as const;
    await auditedTransaction(db, event, async (tx) => {
      await endJob(tx, attempt.lease, { state: isCancelled ? 'cancelled' : 'failed', failure, at: instantOf(clock) });
      await kind.givenUp?.(tx, attempt, failure);
    });
  }

  async #recordTakeOver(attempt: Attempt, row: ClaimedJob): Promise<void> {
    await recordEvent(this.#options.db, {
      tenantId: row.tenant_id,
      actor: attempt.actor,
      event: 'job.retried',
      outcome: 'succeeded',
      subject: { kind: 'job', id: row.id },
      detail: { kind: row.kind, attempt: row.attempts },
    });
  }
}

/** A tenant's job touches the rows that the tenant may; the loop around it serves them all. */
function within<T>(tenantId: string | null, work: () => T): T {
  return tenantId === null ? asService(work) : asTenant(tenantId, work);
}

class WorkerStopped extends Error {
  override readonly name = 'WorkerStopped';
}

const WORKER_LOST: JobFailure = { code: 'worker_lost', detail: 'The worker died in every attempt at this job.' };
const CANCELLED: JobFailure = { code: 'cancelled', detail: 'The job was cancelled.' };
const GAVE_UP: JobFailure = {
  code: 'attempts_exhausted',
  detail: 'Every attempt at this job failed; the log of the service tells why.',
};

const ENGINE_AWAY: JobFailure = {
  code: 'engine_unavailable',
  detail: 'A node of the engine answered in none of the attempts at this job. Bring it back and ask again.',
};

function exhaustionOf(error: unknown): JobFailure {
  return error instanceof EngineError && error.code === 'engine_unavailable' ? ENGINE_AWAY : GAVE_UP;
}

function permanentFailureOf(error: unknown): JobFailure | undefined {
  return error instanceof PermanentFailure ? error.failure : undefined;
}

export function retryDelayMs(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), GREATEST_RETRY_MS);
}

// Messages may quote what a database or an engine was given, so only names and codes are logged, with our own frames.
function nameOf(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, code: (error as { code?: string }).code, stack: frames.slice(0, 8).join('\n') };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
