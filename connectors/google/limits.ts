// Bounds that Google's APIs have in common, from developers.google.com/identity/protocols/oauth2.

/** A signed assertion may be valid for an hour at most. */
export const ASSERTION_LIFE_S = 3_600;
/** A token is not used in its last minute, so that it does not end on the way. */
export const TOKEN_MARGIN_MS = 60_000;
/** A token without a stated life is taken for this long. */
export const DEFAULT_TOKEN_LIFE_S = 300;
/** A day's quota comes back at midnight Pacific time: we look every hour. */
export const DAILY_QUOTA_PAUSE_MS = 3_600_000;
