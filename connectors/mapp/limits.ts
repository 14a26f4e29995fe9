// Bounds of Mapp Connect: docs.mapp.com, API endpoints and authentication.

/** "Batch import: up to 1000 requests at once." */
export const MAX_EVENTS_PER_REQUEST = 1_000;
/** Ours: no cap is published, and a thousand of the longest events are smaller. */
export const MAX_BODY_BYTES = 1_000_000;
export const MAX_ID_LENGTH = 255;
export const MAX_FIELD_LENGTH = 64;
/** A token holds for ten minutes; `exp` is in milliseconds. */
export const TOKEN_LIFE_MS = 600_000;
/** Events of one by one, of which a request of a thousand would be many minutes. */
export const MAX_SINGLE_EVENTS = 100;
