// Bounds of erasure, each with its reason.

export const DAY_MS = 24 * 3_600_000;

/** GDPR, article 12 (3): one month from receipt, told in days so that it never ends later than the month. */
export const DUE_IN_DAYS = 30;

/** A person has a few records under one key, not hundreds: more is a placeholder that many share. */
export const PERSONS_PER_NAMED = 10;
export const PERSONS_AT_LEAST = 100;

/** Digests and record ids that one request may name: what one job input may hold. */
export const NAMED_AT_MOST = 10_000;

/** Cells of a staged file longer than this are neither digests nor record ids. */
export const CELL_BYTES = 256;

/** A line of a staged file that is longer is looked at in parts: a file without an end of line must not fill the memory. */
export const LINE_CHARACTERS = 1_048_576;
