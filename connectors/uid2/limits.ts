// Bounds of the UID2 and EUID operators. unifiedid.com/docs, "POST /identity/map" and "POST /optout/status".

export const MAX_IDENTITIES_PER_REQUEST = 5_000;
/** An answer of 5,000 identities, with an id, a former id and a time for each, in base64: below 1.4 MB; the request below 1 MB. */
export const MAX_ANSWER_BYTES = 4_194_304;
/** The operator refuses an envelope that is older; ours is sealed anew for each try. */
export const MAX_ENVELOPE_AGE_MS = 60_000;
/** A mapping is asked for again when it is due, and at the latest after a day: a person may have opted out since. */
export const MAX_MAPPING_AGE_MS = 86_400_000;
