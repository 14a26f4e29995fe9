// Bounds of LinkedIn's DMP segment users.

/** As other connectors keep it; the platform's page speaks of requests a minute and a day, not of sizes. */
export const MAX_USERS_PER_CALL = 5_000;
export const MAX_CALL_BYTES = 2_000_000;
/** The platform limits a member's calls by the minute. */
export const MIN_INTERVAL_MS = 1_000;
