// Bounds of files for LiveRamp. docs.liveramp.com/connect, "Formatting column-based files" and "Formatting identifiers".

/** A list of fewer is not taken. */
export const MIN_ROWS_PER_FILE = 25;
/** Far below what the platform takes; a file is rewritten quickly after a fault. */
export const MAX_ROWS_PER_FILE = 1_000_000;
export const MAX_FILE_BYTES = 512_000_000;
