// Bounds of deliveries, each with its reason.

/** An audience so many times larger than any before is more often a mistake in a segment than good news. */
export const BREAKER_FACTOR = 3;
