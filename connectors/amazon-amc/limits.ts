// Bounds of Amazon Marketing Cloud's audience records, as other connectors keep them.

export const DEFAULT_RECORDS_PER_CALL = 1_500;
export const MAX_RECORDS_PER_CALL = 10_000;
export const MAX_CALL_BYTES = 4_000_000;
export const MIN_INTERVAL_MS = 1_000;
/** Around the digest, which stands in a record twice. */
export const RECORD_BYTES = 400;
