// Bounds of retention, each with its reason.

/** Data and audiences that nobody renews: a year of business and a month to notice. */
export const RETENTION_MONTHS = 13;

/** CNIL, guidance on prospects: three years from the last contact that came from them. */
export const PROSPECT_YEARS = 3;

/** Prospects are looked through once a day. */
export const PROSPECTS_EVERY_MS = 24 * 3_600_000;
