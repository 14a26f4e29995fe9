// Bounds of what an operator is shown of the service.

/** A day: what failed overnight is there in the morning. */
export const JOBS_SHOWN_MS = 24 * 3_600_000;
