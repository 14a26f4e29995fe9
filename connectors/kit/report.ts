// What a delivery came to, in counts: what was sent, what the platform rejected and by which code. No ids.

import type { BatchLetter } from './batch-letter.ts';

export type Counts = Readonly<Record<string, number>>;

/** What became of changes with `erase`: forgotten, only taken out, or neither, as the platform knows no removal. */
export const ERASURES = ['erased', 'removed_only', 'unsupported'] as const;
export type Erasure = (typeof ERASURES)[number];

/** Of several batches the least that was reached. */
export function leastErasure(left: Erasure | null, right: Erasure): Erasure {
  return left === null || ERASURES.indexOf(right) > ERASURES.indexOf(left) ? right : left;
}

export interface DeliveryReport {
  readonly status: 'delivered' | 'partially_delivered' | 'failed';
  /** The platform's own word for how far its job came, or ours when it has none. */
  readonly phase: string;
  readonly added: number;
  readonly removed: number;
  /** Left out by us because the id does not have the form this destination takes, by code. */
  readonly invalid: Counts;
  /** By the platform's code. */
  readonly rejectedByPlatform: Counts;
  /** Batches the platform took, of `batchesFailed` more that it did not. */
  readonly batches: number;
  readonly batchesFailed: number;
  readonly platformJobs: readonly string[];
  /** Batches with rows that were not taken. */
  readonly letters?: readonly BatchLetter[];
  /** Only where a change asked for an erasure. */
  readonly erasure?: Erasure;
  /** When the first of an operator's ids is to be asked for anew. */
  readonly remapDueAtMs?: number;
  /** Why the delivery ended early. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export function addCounts(left: Counts, right: Counts): Counts {
  const sum: Record<string, number> = { ...left };
  for (const [code, count] of Object.entries(right)) if (count > 0) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}
