// Bounds of evidence packs, each with its reason.

/** A pack is made in memory; more events than this are asked for in several periods. */
export const MAX_PACK_EVENTS = 50_000;

/** Records beside the events: what a period names is bounded by its events, and each is one file. */
export const MAX_PACK_RECORDS = 5_000;
