// How far a delivery has come, as plain JSON that the caller stores at every save. A kill between two saves repeats at most
// one request, under the same idempotency key.
import { createHash } from 'node:crypto';
import type { BatchLetter } from './batch-letter.ts';
import type { Batch } from './batches.ts';
import { MAX_REPORTED_JOBS } from './limits.ts';
import { addCounts, type Counts, type DeliveryReport, type Erasure } from './report.ts';

/** The platform's own job for one batch. `details` are the client's, so that a kill in mid-upload can go on. */
export interface PlatformJob {
  readonly id: string;
  readonly phase: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** A batch that the platform took but has not finished with. */
export interface OpenBatch {
  readonly index: number;
  readonly added: number;
  readonly removed: number;
  /** Absent in progress that was saved before it was kept. */
  readonly sha256?: string;
  readonly job: PlatformJob;
}

export interface DeliveryProgress {
  readonly version: 1;
  readonly deliveryId: string;
  /** Milliseconds since the epoch; fixed for all attempts, so that payloads that name it stay the same. */
  readonly startedAtMs: number;
  /** Batches that need no sending any more, as a chain of their digests: the changes must be the same on every attempt. */
  readonly batchesSent: number;
  readonly chain: string;
  readonly lastSentAtMs: number | null;
  /** The batch being sent, when the platform has given it a job already. */
  readonly sending: { readonly index: number; readonly job: PlatformJob } | null;
  readonly open: readonly OpenBatch[];
  readonly taken: { readonly batches: number; readonly added: number; readonly removed: number };
  readonly failed: { readonly batches: number; readonly added: number; readonly removed: number };
  readonly invalid: Counts;
  readonly rejectedByPlatform: Counts;
  readonly phase: string;
  readonly platformJobs: readonly string[];
  readonly postponements: number;
  /** Of the batches taken so far that asked for an erasure. */
  readonly erasure?: Erasure | null;
  /** Absent in progress that was saved before there were letters. */
  readonly letters?: readonly BatchLetter[];
  readonly finished: boolean;
  readonly failure: { readonly code: string; readonly message: string } | null;
}

const NONE = { batches: 0, added: 0, removed: 0 } as const;

export function startProgress(options: { deliveryId: string; startedAtMs: number }): DeliveryProgress {
  return {
    version: 1,
    ...options,
    batchesSent: 0,
    chain: '',
    lastSentAtMs: null,
    sending: null,
    open: [],
    taken: NONE,
    failed: NONE,
    invalid: {},
    rejectedByPlatform: {},
    phase: 'starting',
    platformJobs: [],
    postponements: 0,
    finished: false,
    failure: null,
  };
}

export const chained = (chain: string, batch: Batch): string =>
  createHash('sha256').update(`${chain}\n${batch.index}\n${batch.sha256}`).digest('hex');

/** The same for every attempt at this batch, and for no other batch or delivery. */
export const idempotencyKey = (deliveryId: string, batch: Batch): string =>
  createHash('sha256').update(`${deliveryId}\n${batch.index}\n${batch.sha256}`).digest('hex').slice(0, 32);

type Counted = { readonly added: number; readonly removed: number };
type Tally = Counted & { readonly batches: number };

export const tallied = (tally: Tally, batch: Counted): Tally => ({
  batches: tally.batches + 1,
  added: tally.added + batch.added,
  removed: tally.removed + batch.removed,
});

export function withJobNamed(progress: DeliveryProgress, job: PlatformJob): readonly string[] {
  const named = progress.platformJobs;
  return named.includes(job.id) || named.length >= MAX_REPORTED_JOBS ? named : [...named, job.id];
}

export function reportOf(progress: DeliveryProgress): DeliveryReport {
  const { taken, failed, failure, erasure } = progress;
  const nothingLost = failure === null && failed.batches === 0 && Object.keys(rejections(progress)).length === 0;
  const nothingTaken = taken.batches === 0;
  const lostAll = nothingTaken && (failure !== null || failed.batches > 0);
  return {
    status: nothingLost ? 'delivered' : lostAll ? 'failed' : 'partially_delivered',
    phase: progress.phase,
    added: taken.added,
    removed: taken.removed,
    invalid: progress.invalid,
    rejectedByPlatform: progress.rejectedByPlatform,
    batches: taken.batches,
    batchesFailed: failed.batches,
    platformJobs: progress.platformJobs,
    letters: progress.letters ?? [],
    ...(erasure === undefined || erasure === null ? {} : { erasure }),
    ...(failure === null ? {} : { failure }),
  };
}

const rejections = (progress: DeliveryProgress): Counts => addCounts(progress.invalid, progress.rejectedByPlatform);
