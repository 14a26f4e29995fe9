// Bounds of The Trade Desk's Data API: github.com/thetradedesk/ttd-data-python (its OpenAPI), and what is not published.

/** Of the API's OpenAPI. */
export const MAX_DATA_NAME_LENGTH = 256;
/** Ninety days; the platform's own default. */
export const DEFAULT_TTL_MINUTES = 129_600;
/** A hundred and eighty days. Zero would remove, so a membership lasts at least a minute. */
export const MAX_TTL_MINUTES = 259_200;
/** The cap of a body is not published [?]: one of 2.5 MB is known to pass, and after a 413 the request is halved. */
export const MAX_BODY_BYTES = 2_400_000;
export const ENVELOPE_BYTES = 1_024;
/** Ours: with ids and names of the usual length about 0.6 MB; longer ones are cut by the bytes above. */
export const MAX_ITEMS_PER_REQUEST = 5_000;
/** Tokens of alliances (RampID, ID5) are shorter than this. */
export const MAX_ID_LENGTH = 512;
/** A day, the longest that the authentication service gives. */
export const TOKEN_LIFE_MINUTES = 1_440;
/** A token is changed this long before it ends. */
export const TOKEN_MARGIN_MS = 300_000;
/** A request of 2.4 MB over a slow line, and an answer that names every line. */
export const CALL_TIMEOUT_MS = 60_000;
/** An answer that names more lines than could have been sent is read no further. */
export const MAX_FAILED_LINES = 10_000;
