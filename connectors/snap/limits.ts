// Bounds of Snap's customer lists.

/** Of the platform, for one call. */
export const MAX_IDS_PER_CALL = 100_000;
export const DEFAULT_IDS_PER_CALL = 50_000;
/** 100,000 digests with their quotes and brackets. */
export const MAX_CALL_BYTES = 8_000_000;
/** A pace well below any limit of requests. */
export const MIN_INTERVAL_MS = 200;
