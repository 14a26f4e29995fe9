// Times and sizes of the stored audit log, each with its reason.

/** A grown log is signed this often, so that at most this much is unsigned at a crash. */
export const CHECKPOINT_INTERVAL_MS = 10_000;

/** Without any event for so long, a heartbeat is logged: silence must be provable too. */
export const HEARTBEAT_INTERVAL_MS = 3_600_000;

/** Rows read at once by fsck and exports: flat memory, few round trips. */
export const PAGE_ROWS = 512;

/** The id columns of the database; a longer subject or event name must fail on SQLite as it does on PostgreSQL. */
export const MAX_ID_CHARS = 40;
