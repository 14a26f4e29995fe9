// Bounds of Meta's Custom Audiences, from developers.facebook.com/docs/marketing-api (v25.0).

export const MAX_ROWS_PER_CALL = 10_000;
/** Values of one key of a member; each beyond the first is a row of its own. */
export const MAX_VALUES_PER_KEY = 3;
/** No size is stated; 10,000 rows of all keys stay below this. */
export const MAX_BODY_BYTES = 20_000_000;
/** Removals in the query string: servers take addresses of 16 kB, and there are other parameters. */
export const MAX_QUERY_BYTES = 12_000;
/** Session, keys and the like around the rows, percent-encoded. */
export const ENVELOPE_BYTES = 2_000;
export const CALL_TIMEOUT_MS = 120_000;
/** Longest id of one's own that is taken. */
export const MAX_TEXT_ID_LENGTH = 512;
/** Of 200 audiences each: an account may have 500 custom audiences. */
export const MAX_AUDIENCE_PAGES = 10;
