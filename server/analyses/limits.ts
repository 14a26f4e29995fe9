// Limits of analyses at the gate, each with its reason.

/** The smallest class of an answer's time. Most answers take less, and people wait no longer than for a page. */
export const PADDED_MS = 500;
/** The smallest class of an answer's size: an overlap of two fits. */
export const PADDED_BYTES = 4096;
