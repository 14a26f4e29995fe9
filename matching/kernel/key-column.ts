// The match keys of an identifier column, row by row: four words each, zeros where a row has none. Kept as the cipher
// returns them, a chunk a batch, so that no key is copied before it is written.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import type { KeptRows } from './kept-rows.ts';

export const KEY_WORDS = 4;

export class KeyColumn {
  /** Whole keys each. */
  readonly chunks: Uint32Array[] = [];
  rows = 0;

  /** Takes `words` over: the caller keeps no hold of them. */
  keep(words: Uint32Array, kept: KeptRows): void {
    if (kept.count === 0) return;
    this.chunks.push(kept.all ? words.subarray(0, kept.count * KEY_WORDS) : gathered(words, kept));
    this.rows += kept.count;
  }

  /** The bytes of rows `from` to `to`, in as many pieces as there are chunks. */
  bytes(from: number, to: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let first = 0;
    for (const chunk of this.chunks) {
      const rows = chunk.length / KEY_WORDS;
      const start = Math.max(from - first, 0);
      const end = Math.min(to - first, rows);
      if (start < end) {
        const bytesOfRow = KEY_WORDS * chunk.BYTES_PER_ELEMENT;
        pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset + start * bytesOfRow, (end - start) * bytesOfRow));
      }
      first += rows;
      if (first >= to) break;
    }
    return pieces;
  }
}

export interface KeyBlock {
  readonly words: Uint32Array;
  readonly persons: Uint32Array;
}

/** The keys of the rows that `isWanted`, each with its person, in blocks for the engine. */
export function* keyBlocks(
  column: KeyColumn,
  persons: Uint32Array,
  isWanted: (row: number) => boolean,
): Generator<KeyBlock> {
  let first = 0;
  for (let chunks: Uint32Array[] = [], rows = 0, n = 0; n < column.chunks.length; n++) {
    const chunk = column.chunks[n] as Uint32Array;
    chunks.push(chunk);
    rows += chunk.length / KEY_WORDS;
    if (rows < STORE_BLOCK_ROWS && n + 1 < column.chunks.length) continue;
    yield keyBlock(chunks, persons.subarray(first, first + rows), (row) => isWanted(first + row));
    first += rows;
    chunks = [];
    rows = 0;
  }
}

function keyBlock(chunks: readonly Uint32Array[], persons: Uint32Array, isWanted: (row: number) => boolean): KeyBlock {
  const block = { words: new Uint32Array(persons.length * KEY_WORDS), persons: new Uint32Array(persons.length) };
  let row = 0;
  let kept = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += KEY_WORDS, row++) {
      if (isNone(chunk, at) || !isWanted(row)) continue;
      copyKey(chunk, at, block.words, kept * KEY_WORDS);
      block.persons[kept++] = persons[row] as number;
    }
  }
  return { words: block.words.subarray(0, kept * KEY_WORDS), persons: block.persons.subarray(0, kept) };
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

function gathered(words: Uint32Array, { rows, count }: KeptRows): Uint32Array {
  const out = new Uint32Array(count * KEY_WORDS);
  for (let n = 0; n < count; n++) copyKey(words, (rows[n] as number) * KEY_WORDS, out, n * KEY_WORDS);
  return out;
}
