// Bounds of files that give flags back: what import pages of messaging tools commonly take, and no more.

export const MAX_FILE_BYTES = 100_000_000;
export const MAX_ROWS_PER_FILE = 1_000_000;
/** A record id is a key of the tenant's own system. */
export const MAX_ID_LENGTH = 255;
