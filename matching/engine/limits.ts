// Bounds of the engine's adapters, each with its reason.

/** While statements run, each node is asked whether it lives: often enough that a job learns within its lease. */
export const PING_EVERY_MS = 4_000;

/** A living node answers from its own port without touching data; three seconds is a stalled one. */
export const PING_TIMEOUT_MS = 3_000;

/** One lost answer is a hiccup, three in a row are a node that is gone. */
export const PINGS_UNANSWERED = 3;
