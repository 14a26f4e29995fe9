// The match keys of an identifier column, row by row: four words each, zeros where a row has none.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import { ChunkedColumn, WORDS } from './chunked-column.ts';
import { ColumnMemory } from './column-memory.ts';

export const KEY_WORDS = 4;

export class KeyColumn extends ChunkedColumn<Uint32Array> {
  /** `chunkRows` is for tests. */
  constructor(memory = new ColumnMemory(), chunkRows = STORE_BLOCK_ROWS) {
    super(memory, WORDS, { unit: KEY_WORDS, chunkRows });
  }
}

export interface KeyBlock {
  readonly words: Uint32Array;
  readonly persons: Uint32Array;
}

/** Which keys of which column to write, and whose they are. */
export interface KeysToWrite {
  readonly column: KeyColumn;
  /** The number of the column. */
  readonly number: number;
  /** The person of each row. */
  readonly persons: Uint32Array;
  readonly distinct: { isRepeated(column: number, row: number): boolean };
}

/** The keys that are not repeated, each with its person, in blocks for the engine; a block is valid until the next. */
export function* keyBlocks(written: KeysToWrite): Generator<KeyBlock> {
  let memory: KeyBlock = { words: new Uint32Array(0), persons: new Uint32Array(0) };
  for (const { first, rows, items } of written.column.blocks()) {
    const whole = keptUntil(written, items, first);
    if (whole === rows) {
      yield { words: items, persons: written.persons.subarray(first, first + rows) };
      continue;
    }
    if (memory.persons.length < rows) {
      memory = { words: new Uint32Array(rows * KEY_WORDS), persons: new Uint32Array(rows) };
    }
    const kept = copyKeys(written, { items, first, block: memory });
    yield { words: memory.words.subarray(0, kept * KEY_WORDS), persons: memory.persons.subarray(0, kept) };
  }
}

/** How many rows at the start are all kept. */
function keptUntil({ number, distinct }: KeysToWrite, items: Uint32Array, first: number): number {
  let row = 0;
  for (let at = 0; at < items.length; at += KEY_WORDS, row++) {
    if (isNone(items, at) || distinct.isRepeated(number, first + row)) return row;
  }
  return row;
}

// A function of its own, because a loop within a loop is compiled anew each time the inner one ends.
function copyKeys(
  { number, persons, distinct }: KeysToWrite,
  { items, first, block }: { items: Uint32Array; first: number; block: KeyBlock },
): number {
  let next = 0;
  for (let at = 0, row = first; at < items.length; at += KEY_WORDS, row++) {
    if (isNone(items, at) || distinct.isRepeated(number, row)) continue;
    copyKey(items, at, block.words, next * KEY_WORDS);
    block.persons[next++] = persons[row] as number;
  }
  return next;
}

/** An encrypted block of zeros is as likely as any other: one in 2^128. */
export function isNone(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
}

export function copyKey(words: Uint32Array, from: number, out: Uint32Array, to: number): void {
  out[to] = words[from] as number;
  out[to + 1] = words[from + 1] as number;
  out[to + 2] = words[from + 2] as number;
  out[to + 3] = words[from + 3] as number;
}
