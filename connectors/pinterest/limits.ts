// Bounds of Pinterest's customer lists. The platform states none for a call; other connectors send 10,000 records and 1 MB.

export const MAX_RECORDS_PER_CALL = 10_000;
export const MAX_CALL_BYTES = 1_000_000;
/** A pace well below any limit of requests. */
export const MIN_INTERVAL_MS = 500;
