// Every bound of onboarding in the browser, each with its reason, in a single place for auditing.

/** Rows shown before anything is hashed; the command line's preview shows as many. */
export const PREVIEW_ROWS = 20;

/** Rows that the roles of columns are guessed from: enough to see a pattern, read at once. */
export const SAMPLE_ROWS = 200;

/** Hashing threads at most: beyond this the one reader and writer is the bottleneck. */
export const MAX_WORKERS = 8;

/** Between two words of a worker about its progress: often enough for a bar that moves. */
export const PROGRESS_INTERVAL_MS = 200;

/** Rejects kept for the page; the list as a file holds all of them. */
export const MAX_SHOWN_REJECTS = 5_000;

/** Bytes of one upload request: a cut costs at most this much again. */
export const UPLOAD_PART_BYTES = 8 * 1024 * 1024;

/** Waits before an upload request is tried again. */
export const UPLOAD_RETRY_DELAYS_MS: readonly number[] = [0, 1_000, 3_000, 5_000, 10_000];

/** A hashed file that nobody went on with is deleted from this browser. The service forgets a begun upload as well. */
export const MAX_KEPT_MS = 7 * 24 * 3_600_000;
