// Bounds of uploads, each with its reason.

/** One encrypted record: large enough that its 28 bytes of overhead vanish, small enough to hold in memory a thousand times. */
export const RECORD_BYTES = 1024 * 1024;

/** Long names are typing errors; the name only chooses the format and is shown back. */
export const MAX_FILENAME_CHARACTERS = 255;

/** Between two sweeps for expired uploads. */
export const SWEEP_INTERVAL_MS = 60_000;

/** Bytes of an upload after which the disk is asked to take them, while more arrive: the wait at the end of a part is for the last of them. */
export const FLUSH_BYTES = 8 * 1024 * 1024;

/** A part that another request of the same sender wants out of the way has so long to finish; as the library that takes the other requests. */
export const PART_DRAIN_MS = 3_000;
