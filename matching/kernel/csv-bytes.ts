// The bytes that CSV is split at, and what counts as a blank line.

export const COMMA = 44;
export const QUOTE = 34;
export const LF = 10;
export const CR = 13;

/** Space, tab, vertical tab or form feed. */
export function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 9 || byte === 11 || byte === 12;
}

/** The length of the blank line at `at`, or 0. */
export function blankLine(bytes: Buffer, at: number, end: number): number {
  if (bytes[at] === LF) return 1;
  if (bytes[at] === CR && at + 1 < end && bytes[at + 1] === LF) return 2;
  return 0;
}
