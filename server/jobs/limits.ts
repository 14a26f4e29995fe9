// Bounds of jobs, each with its reason.

/** A worker that says nothing for so long has lost its job; long enough for a stalled disk. */
export const LEASE_MS = 30_000;

/** Six chances to renew a lease before it runs out. */
export const HEARTBEAT_MS = 5_000;

/** How often an idle worker looks for work; one indexed read. */
export const POLL_MS = 200;

/** A job that lost or failed so many attempts is at fault itself. */
export const MAX_ATTEMPTS = 8;

/** Pause before attempt n + 1: doubles from here to the greatest. */
export const FIRST_RETRY_MS = 500;
export const GREATEST_RETRY_MS = 60_000;

/** Progress is written at most this often. */
export const PROGRESS_MS = 500;

/** Waiting jobs looked at for the next one whose turn it is. */
export const CLAIM_WINDOW = 200;

/** Between two looks for working tables that an attempt left behind: ids of persons outlive a crash by no more. */
export const LEFT_TABLES_MS = 60 * 60_000;

/** A look at the lease that took longer is taken again: half of what a lease still has when its worker beats in time. */
export const FRESH_LOOK_MS = 10_000;

/** A tenth of the weight of the API beside it where both want the processor, all of it where the API is idle. */
export const WORKER_NICENESS = 10;
