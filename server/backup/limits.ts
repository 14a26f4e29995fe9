// Bounds of backups, each with its reason.

/** Rows held in memory at once while a table is copied out; a row is at most some kilobytes. */
export const ROWS_PER_READ = 2_000;
