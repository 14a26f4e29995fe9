// Every bound of the kit, in one place so that it can be audited. A destination states its own bounds beside its declaration.

/** One request from dialling to the last byte of the answer. Uploads of 256 MB over a slow line need longer, and say so. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** A socket silent for this long is a stalled platform, not a slow one. */
export const SILENCE_TIMEOUT_MS = 20_000;
/** Platforms answer with small JSON. A larger answer is a fault or an attack on our memory. */
export const MAX_ANSWER_BYTES = 1_048_576;
/** Tries of one request within one delivery attempt: with the waits below they span about five minutes. */
export const MAX_ATTEMPTS = 6;
export const FIRST_BACKOFF_MS = 1_000;
export const MAX_BACKOFF_MS = 120_000;
/** A wait longer than this frees the worker: the delivery is postponed and resumes from its progress. */
export const MAX_WAIT_MS = 300_000;
/** Postponed by an hour each, a delivery gives up after about two days. */
export const MAX_POSTPONEMENTS = 48;
/** However long a platform asks for, a delivery looks again after a day. */
export const MAX_POSTPONE_MS = 86_400_000;
/** Without a word from the platform, a postponed delivery comes back after this long. */
export const DEFAULT_POSTPONE_MS = 900_000;
/** A batch is sorted in memory. Texts: their bytes, twenty more a row while sorting, and the payload beside them. */
export const MAX_TEXT_WINDOW_ROWS = 1_000_000;
/** Numbers: 25 bytes a row while sorting, and the payload beside them. */
export const MAX_UINT64_WINDOW_ROWS = 4_000_000;
/** The report names so many platform jobs; beyond it only counts them. */
export const MAX_REPORTED_JOBS = 1_000;
/** Refused requests in search of the rows at fault, of one batch: enough for four rows in 10,000, too few for a false setting. */
export const MAX_REJECTED_REQUESTS = 64;
/** A delivery tells so many batches apart whose rows were not taken; what comes after is counted to the last of them. */
export const MAX_BATCH_LETTERS = 500;
/** Rows that one delivery tells apart; beyond it they are counted by batch and code. Their places are saved at every step. */
export const MAX_NAMED_ROWS = 10_000;
/** Settings are written by people: a longer text is a mistake. */
export const MAX_SETTING_LENGTH = 2_048;
