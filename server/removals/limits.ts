// Bounds of removals, each with its reason.

/** A destination is told within a day; the law gives a month, and a person who withdrew should not wait for it. */
export const REMOVAL_DUE_MS = 86_400_000;

/** A destination that did not take a removal is asked again so often, until it does. */
export const REMOVAL_RETRY_MS = 15 * 60_000;

/** Ids sealed together: a few hundred kilobytes of text. */
export const OUTBOX_PART_IDS = 5_000;

/** Removals that one sweep queues again; the next minute takes the others. */
export const MAX_RETRIES_AT_ONCE = 100;
