// Bounds of what waits for a second person.

/** A week: long enough for a holiday's deputy, short enough that what was shown is still true. */
export const APPROVAL_LIFETIME_MS = 7 * 24 * 3_600_000;
