// Bounds of dead letters, each with its reason.

/** Ids that are kept of one delivery's rejected batches, sealed in memory at once; beyond it a whole delivery is the way. */
export const MAX_KEPT_IDS = 100_000;

/** Whoever did not look within a month delivers again anyhow. */
export const LETTER_LIFETIME_MS = 30 * 86_400_000;

/** Letters that one sweep destroys; the next minute takes the others. */
export const MAX_DESTROYED_AT_ONCE = 500;
