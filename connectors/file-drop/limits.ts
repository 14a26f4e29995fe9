// Bounds of every destination that is handed files.
import type { DestinationLimits } from '../kit/define-destination.ts';

/** Held in memory as one batch, and rewritten quickly after a fault. */
export const DEFAULT_ROWS_PER_FILE = 250_000;
/** Opens in common tools. */
export const MAX_ROWS_PER_FILE = 1_000_000;
export const MAX_FILE_BYTES = 512_000_000;
/** Longer than any known activation id, sealed ones apart. */
export const MAX_ID_LENGTH = 512;

export const dropLimits: DestinationLimits = {
  maxRowsPerBatch: MAX_ROWS_PER_FILE,
  maxBytesPerBatch: MAX_FILE_BYTES,
  minIntervalMs: 0,
  pollIntervalMs: 0,
  maxPollMs: 0,
};
