// Bounds that the platforms of customer lists have in common.

/** A longer id of one's own is a mistake of the file. */
export const MAX_OWN_ID_LENGTH = 128;
/** A token is not used in its last minute, so that it does not end on the way. */
export const TOKEN_MARGIN_MS = 60_000;
/** A token without a stated life is taken for this long. */
export const DEFAULT_TOKEN_LIFE_S = 300;
/** A list is answered at once, but only after every id was looked at. */
export const CALL_TIMEOUT_MS = 60_000;
