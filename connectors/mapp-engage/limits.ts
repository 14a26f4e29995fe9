// Bounds of Mapp Engage's import of groups. docs.mapp.com, "Import".

/** By hand 50 MB are taken; a server takes more. The same bound serves both. */
export const MAX_FILE_BYTES = 50_000_000;
export const MAX_ROWS_PER_FILE = 500_000;
export const MAX_ID_LENGTH = 255;
