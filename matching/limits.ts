// Limits of loading and matching, each with its reason. Files from partners are hostile until read to their end.
import type { LoadLimits } from './load-request.ts';

export const LOAD_LIMITS: LoadLimits = {
  // Twice the largest upload that is configured: a wide CSV in gzip still fits, a bomb does not fill the disk.
  maxDecompressedBytes: 100 * 2 ** 30,
  // Hex digests compress to about a half, repetitive attributes beside them to a tenth; a bomb starts near a thousand.
  maxDecompressionRatio: 100,
  // A row of digests, attributes and sealed ids has some kilobytes; a lost quote would swallow the whole file.
  maxRecordBytes: 1 << 20,
  // Persons are UInt32; beside the columns below the kernel keeps about 10 bytes a row in memory, 30 more with record ids.
  maxRows: 200_000_000,
  // Two loads beside each other stay within 12 GiB with what cannot be spilled; 50 million rows of two identifiers come to 2.7 GB.
  maxColumnBytes: 3 * 2 ** 30,
};

/** Below this size the ratio says nothing: a few megabytes of zeros harm nobody. */
export const RATIO_FREE_BYTES = 8 * 2 ** 20;
/** One read of the file: large enough to amortise a block's work, small enough to stay in the cache. */
export const BLOCK_BYTES = 1 << 20;
/** A record id longer than this is a cell of another column. */
export const MAX_RECORD_ID_BYTES = 256;
/** The published limit of the schema: a category is a label, not a text. */
export const MAX_CATEGORY_CHARACTERS = 64;
/** More distinct labels than this are free text under another name. */
export const MAX_CATEGORIES_PER_COLUMN = 1_000_000;
/** Each class is decided by policy one by one. */
export const MAX_CONSENT_CLASSES = 10_000;
/**
 * A string of its own for each person would fill the kernel's memory, and that of a release, which holds what each says; a platform
 * writes far fewer, as a string is of a day and a choice.
 */
export const CONSENT_STRING_LIMITS = { maxStrings: 2_000_000, maxBytes: 2 ** 30 };
/**
 * Fewer strings are decoded before a thread has started. What it has decoded waits in memory for the kernel: strings of the usual
 * length come to a kilobyte each, and those beyond the bound are decoded where they are asked for, a part of them remembered.
 */
export const CONSENT_DECODING_LIMITS = {
  minThreadStrings: 16_384,
  maxThreadBytes: 256 * 2 ** 20,
  maxRemembered: 65_536,
};
/**
 * One person's records with more different strings than this are no record of a consent, and say nothing: sets that grow by one with
 * each of a million records would take the square of them.
 */
export const MAX_STRINGS_OF_PERSON = 64;
/** Distinct spellings of consent cells remembered at a time. */
export const MAX_CONSENT_SPELLINGS = 65_536;
/** Sealed ids have some 150 characters, the longest open id (PPID) 150. */
export const MAX_ACTIVATION_ID_BYTES = 1_024;
/** Rows of one block written to the engine: enough to be columnar, little enough to keep buffers small. */
export const STORE_BLOCK_ROWS = 1 << 18;
/** An increment larger than this part of a version is loaded as a whole, so that reading two layers stays cheap. */
export const SMALLEST_REWRITTEN_PART = 8;
