// Bounds of OfflineUserDataJobService of the Google Ads API, from developers.google.com/google-ads/api (v25).

/** 100,000 identifiers a call: with 20 identifiers each, no call of 5,000 operations exceeds that. */
export const OPERATIONS_PER_CALL = 5_000;
export const MAX_IDENTIFIERS_PER_OPERATION = 20;
/** Few large jobs are asked for rather than many small ones; a job is held in memory while it is written. */
export const MAX_OPERATIONS_PER_JOB = 100_000;
export const MAX_JOB_BYTES = 100_000_000;
/** Calls of one developer token are counted by the second. */
export const MIN_INTERVAL_MS = 1_000;
/** Jobs take six to twelve hours, and up to two days. */
export const MAX_JOB_MS = 172_800_000;
export const FIRST_POLL_MS = 1_000;
export const CALL_TIMEOUT_MS = 120_000;
/** Longest user id of one's own that is taken. */
export const MAX_TEXT_ID_LENGTH = 512;
/** Pages of 10,000 user lists each. */
export const MAX_USER_LIST_PAGES = 10;
/** The longest membership that the platform has. */
export const MEMBERSHIP_DAYS = 540;
/** How often a clearing job is asked for before the delivery is postponed. */
export const MAX_CLEARING_POLLS = 40;
