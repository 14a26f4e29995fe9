// Bounds of what a bidder may ask, and of what rests for it.

/** A bidder asks for the persons of the bid requests before it, never for a list. */
export const MAX_IDS_PER_REQUEST = 100;
export const MAX_REQUEST_BYTES = 65_536;
/** A request older or younger than this is refused, and its id is remembered for as long. */
export const FRESHNESS_MS = 60_000;
/** Of one destination, in one process: 100 ids each are 2,000 persons a second. */
export const MAX_REQUESTS_PER_SECOND = 20;
/** Longer than any known activation id. */
export const MAX_ID_LENGTH = 512;
/** Sorted in memory before it is merged into the file: about 100 bytes a row, its id and its digest. */
export const MAX_ROWS_PER_BATCH = 1_000_000;
export const DEFAULT_ROWS_PER_BATCH = 250_000;
export const MAX_BATCH_BYTES = 600_000_000;
/** Bytes of a keyed digest: at 10^9 members, two ids meet by chance with a probability below 10^-20. */
export const DIGEST_BYTES = 32;
