// Bounds of The Trade Desk's CRM data: what is known of them, which is little, and our own.
import type { DestinationLimits } from '../kit/define-destination.ts';

/** A smaller drop is refused [?]: known from a third party's connector. */
export const MIN_ROWS = 1_500;
/** A drop replaces the segment, so that an audience goes in one: 45 MB of digests. */
export const MAX_ROWS = 1_000_000;
export const MAX_DROP_BYTES = 64_000_000;
/** A drop of 45 MB over a slow line. */
export const UPLOAD_TIMEOUT_MS = 1_800_000;
export const CALL_TIMEOUT_MS = 60_000;
export const MAX_SEGMENT_PAGES = 50;

export const crmLimits: DestinationLimits = {
  maxRowsPerBatch: MAX_ROWS,
  maxBytesPerBatch: MAX_DROP_BYTES,
  minIntervalMs: 0,
  pollIntervalMs: 0,
  maxPollMs: 0,
};
