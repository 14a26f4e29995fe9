// What a delivery came to, in counts: what was sent, what the platform rejected and by which code. No ids.

export type Counts = Readonly<Record<string, number>>;

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
  /** Why the delivery ended early. */
  readonly failure?: { readonly code: string; readonly message: string };
}

export function addCounts(left: Counts, right: Counts): Counts {
  const sum: Record<string, number> = { ...left };
  for (const [code, count] of Object.entries(right)) if (count > 0) sum[code] = (sum[code] ?? 0) + count;
  return sum;
}
