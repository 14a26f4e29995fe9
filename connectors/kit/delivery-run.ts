// One run of a delivery over its saved progress. Every change of progress is saved before the next request goes out.
import type { ActivationChange } from './activation-change.ts';
import { type BatchLetter, rejectedLetters, rowsIn, withLetter } from './batch-letter.ts';
import { type Batch, type BatchRules, batchChanges, rowCount } from './batches.ts';
import type { Clock } from './clock.ts';
import type { DestinationClient, DestinationLimits, PollOutcome, SendOutcome } from './define-destination.ts';
import { type DeliveryError, DeliveryPostponed, PermanentError, RetryableError } from './errors.ts';
import { DEFAULT_POSTPONE_MS, MAX_BACKOFF_MS, MAX_POSTPONE_MS, MAX_POSTPONEMENTS } from './limits.ts';
import { type Pace, Pacer } from './pacer.ts';
import { chained, type DeliveryProgress, idempotencyKey, type OpenBatch, tallied, withJobNamed } from './progress.ts';
import { addCounts, type Counts, type Erasure, leastErasure } from './report.ts';
import { withRetry } from './retry.ts';
import { type BatchPlace, placed } from './upload-session.ts';

export interface RunOptions {
  readonly client: DestinationClient;
  readonly rules: BatchRules;
  readonly limits: DestinationLimits;
  /** Whether the platform can take somebody out at all. */
  readonly removesPersons: boolean;
  readonly progress: DeliveryProgress;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Of the destination, over all of its deliveries. */
  readonly pacer?: Pace | undefined;
  save(progress: DeliveryProgress): Promise<void>;
}

export class DeliveryRun {
  readonly #options: RunOptions;
  #progress: DeliveryProgress;
  readonly #ownPacer = new Pacer();

  constructor(options: RunOptions) {
    this.#options = options;
    this.#progress = options.progress;
  }

  async complete(changes: AsyncIterable<readonly ActivationChange[]>): Promise<DeliveryProgress> {
    if (this.#progress.failure === null) await this.#untilRefused(() => this.#sendAll(changes));
    // In the order of sending, so that the phase reported is that of the oldest job still open.
    for (const batch of this.#progress.open) await this.#untilRefused(() => this.#followJob(batch));
    if (this.#progress.failure === null) {
      await this.#untilRefused(async () => this.#retried(async () => this.#options.client.finish?.(this.#progress)));
    }
    const phase = this.#progress.failure === null ? 'completed' : this.#progress.phase;
    const failed = this.#progress.open.reduce(tallied, this.#progress.failed);
    const code = this.#progress.failure?.code ?? 'job_failed';
    const letters = this.#progress.open.reduce((all, open) => withLetter(all, failedLetter(open, code)), this.#letters);
    await this.#save({ phase, failed, open: [], letters, finished: true });
    return this.#progress;
  }

  async #sendAll(changes: AsyncIterable<readonly ActivationChange[]>): Promise<void> {
    const alreadySent = this.#progress.batchesSent;
    let chain = '';
    let batches = 0;
    const { rules } = this.#options;
    for await (const { batch, place } of placed(batchChanges(changes, rules), rules.inSessions ?? false)) {
      this.#options.signal.throwIfAborted();
      chain = chained(chain, batch);
      batches = batch.index + 1;
      if (batches === alreadySent && chain !== this.#progress.chain) throw changesDiffer();
      if (batch.index >= alreadySent) await this.#sendBatch(batch, place, chain);
    }
    if (batches < alreadySent) throw changesDiffer();
  }

  async #sendBatch(batch: Batch, place: BatchPlace | undefined, chain: string): Promise<void> {
    const { client, clock } = this.#options;
    const sent = { batchesSent: batch.index + 1, chain, sending: null };
    const invalid = addCounts(this.#progress.invalid, batch.invalid);
    const letters = withLetter(this.#letters, invalidLetter(batch));
    if (rowCount(batch) === 0) return this.#save({ ...sent, invalid, letters });
    const outcome = await this.#retried(() =>
      this.#inTurn(() =>
        client.send(batch, {
          idempotencyKey: idempotencyKey(this.#progress.deliveryId, batch),
          place,
          job: this.#progress.sending?.index === batch.index ? this.#progress.sending.job : undefined,
          saveJob: (job) => this.#save({ sending: { index: batch.index, job }, phase: job.phase }),
        }),
      ),
    ).catch(async (error: unknown) => {
      if (error instanceof PermanentError)
        await this.#fail(error, {
          failed: tallied(this.#progress.failed, batch),
          invalid,
          letters: withLetter(letters, failedLetter(batch, error.code)),
        });
      throw error;
    });
    const erasure = this.#erasureOf(batch, outcome);
    const { rejected = {}, named = new Map() } = outcome;
    const settled = {
      ...{ ...sent, invalid, erasure, letters: rejectedLetters(letters, { batch, rejected, named }) },
      ...{ lastSentAtMs: clock.now(), postponements: 0 },
    };
    const rejectedByPlatform = addCounts(this.#progress.rejectedByPlatform, rejected);
    if (outcome.state === 'taken') {
      return this.#save({ ...settled, rejectedByPlatform, taken: tallied(this.#progress.taken, batch), phase: 'sent' });
    }
    const { job } = outcome;
    const { index, added, removed, sha256 } = batch;
    const open: OpenBatch = { index, added, removed, sha256, job };
    const platformJobs = withJobNamed(this.#progress, job);
    await this.#save({
      ...settled,
      rejectedByPlatform,
      open: [...this.#progress.open, open],
      platformJobs,
      phase: job.phase,
    });
  }

  get #letters(): readonly BatchLetter[] {
    return this.#progress.letters ?? [];
  }

  #erasureOf(batch: Batch, { erasure }: SendOutcome): Erasure | null {
    const before = this.#progress.erasure ?? null;
    if (!batch.erase) return before;
    return leastErasure(before, this.#options.removesPersons ? (erasure ?? 'removed_only') : 'unsupported');
  }

  /** Each attempt keeps the destination's pace, those of other deliveries counted. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const { clock, limits, signal, pacer } = this.#options;
    const { minIntervalMs } = limits;
    return (pacer ?? this.#ownPacer).inTurn({ minIntervalMs, clock, signal }, async () => {
      const waitMs = (this.#progress.lastSentAtMs ?? 0) + minIntervalMs - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      return work();
    });
  }

  async #followJob(batch: OpenBatch): Promise<void> {
    const { client, clock, limits, signal } = this.#options;
    const giveUpAtMs = (this.#progress.lastSentAtMs ?? clock.now()) + limits.maxPollMs;
    for (let waitMs = limits.pollIntervalMs; ; waitMs = Math.min(waitMs * 2, MAX_BACKOFF_MS)) {
      const outcome = await this.#retried(async () => {
        if (client.poll === undefined)
          throw new PermanentError('job_failed', 'the platform opened a job nobody can follow');
        return client.poll(batch.job);
      });
      if (outcome.state !== 'running') return this.#closeJob(batch, outcome);
      if (outcome.phase !== this.#progress.phase) await this.#save({ phase: outcome.phase });
      if (clock.now() >= giveUpAtMs) throw new PermanentError('job_overdue', "the platform's job did not end in time");
      await clock.sleep(waitMs, signal);
    }
  }

  async #closeJob(batch: OpenBatch, outcome: Exclude<PollOutcome, { state: 'running' }>): Promise<void> {
    const progress = this.#progress;
    const open = progress.open.filter((one) => one.index !== batch.index);
    const rejectedByPlatform = addCounts(progress.rejectedByPlatform, outcome.rejected);
    const letters = withLetter(this.#letters, rejectedLetter(batch, outcome.rejected));
    const closed = { open, rejectedByPlatform, letters, phase: outcome.phase };
    if (outcome.state === 'taken') return this.#save({ ...closed, taken: tallied(progress.taken, batch) });
    const failure = { code: 'job_failed', message: `the platform's job ended in an error (${outcome.reason})` };
    await this.#save({
      ...closed,
      letters: withLetter(this.#letters, failedLetter(batch, 'job_failed')),
      failed: tallied(progress.failed, batch),
      failure: progress.failure ?? failure,
    });
  }

  #retried<T>(work: () => Promise<T>): Promise<T> {
    const { client, clock, random, signal } = this.#options;
    return withRetry(work, { clock, random, signal, reauthenticate: client.reauthenticate?.bind(client) });
  }

  /** A permanent error ends the delivery with what was reached; a retryable one postpones it. */
  async #untilRefused(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof PermanentError) return this.#fail(error);
      if (!(error instanceof RetryableError)) throw error;
      const postponements = this.#progress.postponements + 1;
      if (postponements > MAX_POSTPONEMENTS) return this.#fail(error);
      await this.#save({ postponements });
      throw new DeliveryPostponed(error, Math.min(error.retryAfterMs ?? DEFAULT_POSTPONE_MS, MAX_POSTPONE_MS));
    }
  }

  /** The first failure is the one told. */
  async #fail(error: DeliveryError, also: Partial<DeliveryProgress> = {}): Promise<void> {
    if (this.#progress.failure !== null) return;
    await this.#save({ ...also, failure: { code: error.code, message: error.message } });
  }

  async #save(changed: Partial<DeliveryProgress>): Promise<void> {
    this.#progress = { ...this.#progress, ...changed };
    await this.#options.save(this.#progress);
  }
}

type Tallied = Pick<OpenBatch, 'index' | 'added' | 'removed' | 'sha256'>;

function failedLetter({ index, added, removed }: Tallied, code: string): BatchLetter {
  return { kind: 'failed_batch', index, codes: { [code]: added + removed }, rows: added + removed };
}

function invalidLetter({ index, invalid }: Batch): BatchLetter {
  return { kind: 'invalid_rows', index, codes: invalid, rows: rowsIn(invalid) };
}

function rejectedLetter({ index, added, removed, sha256 }: Tallied, codes: Counts): BatchLetter {
  const about = { kind: 'rejected_rows', index, ...(sha256 === undefined ? {} : { sha256 }) } as const;
  return { ...about, codes: addCounts({}, codes), rows: added + removed };
}

function changesDiffer(): PermanentError {
  return new PermanentError('changes_differ', 'the changes are not those of the earlier attempt');
}
