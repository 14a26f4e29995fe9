// Bounds of consents, each with its reason.

/** A partner's clock may be ahead by so much; what claims to be of a later time than that is a mistake. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/** A term is of a day; a destination is told on the day after. */
export const TERMS_EVERY_MS = 24 * 3_600_000;

/** Records that ran out and are looked at by one sweep; the next minute takes the others. */
export const MAX_EXPIRED_AT_ONCE = 5_000;
