// Bounds of Kameleoon's Data API: docs.kameleoon.com/api-reference, maps and visits.

/** "The body size limit is 1 MB": read as the smaller of the two megabytes. */
export const MAX_BODY_BYTES = 1_000_000;
export const MAX_KEY_LENGTH = 100;
export const MAX_FIELD_LENGTH = 1_024;
/** Ours: a value is read on every page, so it is short. */
export const MAX_VALUE_LENGTH = 1_024;
/** Ninety-two days, the platform's default, and 366 days. */
export const DEFAULT_TTL_HOURS = 2_208;
export const MAX_TTL_HOURS = 8_784;
/** Ours: keys of the greatest length with a short field stay within the megabyte. */
export const MAX_KEYS_PER_REQUEST = 5_000;
/** Requests are limited to a rate that is not published; a platform that answers 429 says how long to wait. */
export const MIN_INTERVAL_MS = 0;
export const TOKEN_MARGIN_MS = 60_000;
/** When the token does not say how long it holds. */
export const DEFAULT_TOKEN_LIFE_S = 3_600;
