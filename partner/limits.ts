// Every bound of partner/, each with its reason, in a single place for auditing.

/** Bytes read from a file at once: large enough that system calls do not count, small enough that memory stays flat. */
export const READ_BYTES = 256 * 1024;

/** Below this a file is hashed in the main thread: starting workers costs more than it saves. */
export const WORKERS_FROM_BYTES = 512 * 1024;

/** Workers at most: beyond this the one reader and writer is the bottleneck. */
export const MAX_WORKERS = 16;

/** A salt is a line of text; a larger file is the wrong file. */
export const MAX_SALT_BYTES = 4096;

/** A schema of 500 columns with 1,000 categories each stays below. */
export const MAX_SCHEMA_BYTES = 16 * 1024 * 1024;

/** A receipt or checkpoint is some kilobytes (63 proof lines at most). */
export const MAX_PROOF_BYTES = 1024 * 1024;

/** A value given to `hash --explain`. */
export const MAX_EXPLAIN_BYTES = 64 * 1024;

export const PREVIEW_ROWS = 20;

/** Redrawing more often than this flickers; plain progress lines are for logs. */
export const BAR_INTERVAL_MS = 100;
export const PLAIN_INTERVAL_MS = 5_000;

/** Bytes of one upload request: a cut costs at most this much again. */
export const UPLOAD_PART_BYTES = 16 * 1024 * 1024;

/** Bytes handed to the connection at once: large enough that handing them over does not count. */
export const SEND_BYTES = 1024 * 1024;

/** Waits before an upload request is tried again. */
export const UPLOAD_RETRY_DELAYS_MS: readonly number[] = [0, 1_000, 3_000, 5_000, 10_000];

/** One request to the service, except uploads. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** An export of many events, or an evidence pack, comes as long as it lasts; this is for a service that hangs. */
export const EXPORT_TIMEOUT_MS = 3_600_000;

/** Between two questions about a job. */
export const JOB_POLL_MS = 1_000;

/** Questions about a job that may fail in a row before it counts as unreachable. */
export const MAX_POLL_FAILURES = 10;

/** An upload that moves no byte for so long is cut and left to be resumed. */
export const UPLOAD_STALL_MS = 60_000;

/** A worker's strings live for one chunk, so a small nursery keeps memory low; the rest suffices for the largest record. */
export const WORKER_HEAP = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 } as const;

/** Digests or record ids that one request about persons may name. */
export const MAX_NAMED_PERSONS = 10_000;
