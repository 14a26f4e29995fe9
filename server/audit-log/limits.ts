// Times and sizes of the stored audit log, each with its reason.

/** A grown log is signed this often, so that at most this much is unsigned at a crash. */
export const CHECKPOINT_INTERVAL_MS = 10_000;

/** Without any event for so long, a heartbeat is logged: silence must be provable too. */
export const HEARTBEAT_INTERVAL_MS = 3_600_000;

/** Rows read at once by fsck and exports: flat memory, few round trips. */
export const PAGE_ROWS = 512;

/** The id columns of the database; a longer subject or event name must fail on SQLite as it does on PostgreSQL. */
export const MAX_ID_CHARS = 40;

/** A witness signs in milliseconds; a release waits this long for one that hangs. */
export const WITNESS_TIMEOUT_MS = 5_000;

/** Once there are enough, the others get this long to add theirs. */
export const LATE_WITNESS_MS = 200;

/** Another process of ours may have asked in between, so a witness's size is asked for again. */
export const WITNESS_ATTEMPTS = 4;

/** A few signature lines, or a sentence. */
export const MAX_WITNESS_ANSWER_BYTES = 64 * 1024;

/** A release in mid-job waits this long for its witnesses before the job is put back into the queue; a worker that ends waits for it. */
export const RELEASE_PATIENCE_MS = 15_000;
export const RELEASE_RETRY_MS = 1_000;

/** Jobs that wait for witnesses ask again this often. */
export const HELD_RETRY_MS = 10_000;
