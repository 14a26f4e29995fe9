// Bounds of uploads, each with its reason.

/** One encrypted record: large enough that its 28 bytes of overhead vanish, small enough to hold in memory a thousand times. */
export const RECORD_BYTES = 1024 * 1024;

/** Long names are typing errors; the name only chooses the format and is shown back. */
export const MAX_FILENAME_CHARACTERS = 255;

/** Between two sweeps for expired uploads. */
export const SWEEP_INTERVAL_MS = 60_000;
