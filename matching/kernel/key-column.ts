// The match keys of an identifier column, row by row: four words each, zeros where a row has none. Kept as the cipher
// returns them, a chunk a batch, so that no key is copied before it is written.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import type { KeptRows } from './kept-rows.ts';

export const KEY_WORDS = 4;

export class KeyColumn {
  /** Whole keys each. */
  readonly chunks: Uint32Array[] = [];
  rows = 0;
  /** The chunk where the last piece ended and its first row: pieces are asked for from the first row to the last. */
  #cursor = { chunk: 0, row: 0 };

  /** Takes `words` over: the caller keeps no hold of them. */
  keep(words: Uint32Array, kept: KeptRows): void {
    if (kept.count === 0) return;
    this.chunks.push(kept.all ? words.subarray(0, kept.count * KEY_WORDS) : gathered(words, kept));
    this.rows += kept.count;
  }

  /** The bytes of rows `from` to `to`, in as many pieces as there are chunks. */
  bytes(from: number, to: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    if (from < this.#cursor.row) this.#cursor = { chunk: 0, row: 0 };
    let first = this.#cursor.row;
    for (let n = this.#cursor.chunk; n < this.chunks.length; n++) {
      const chunk = this.chunks[n] as Uint32Array;
      const rows = chunk.length / KEY_WORDS;
      const start = Math.max(from - first, 0);
      const end = Math.min(to - first, rows);
      if (start < end) {
        const bytesOfRow = KEY_WORDS * chunk.BYTES_PER_ELEMENT;
        pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset + start * bytesOfRow, (end - start) * bytesOfRow));
      }
      if (first + rows > to) {
        this.#cursor = { chunk: n, row: first };
        break;
      }
      first += rows;
    }
    return pieces;
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

/** The keys that are not repeated, each with its person, in blocks for the engine. */
export function* keyBlocks(written: KeysToWrite): Generator<KeyBlock> {
  const { chunks } = written.column;
  let first = 0;
  for (let from = 0; from < chunks.length; ) {
    let to = from;
    let rows = 0;
    while (to < chunks.length && rows < STORE_BLOCK_ROWS) rows += (chunks[to++] as Uint32Array).length / KEY_WORDS;
    const block = { words: new Uint32Array(rows * KEY_WORDS), persons: new Uint32Array(rows) };
    let kept = 0;
    for (const chunk of chunks.slice(from, to)) {
      kept = copyKeys(written, { chunk, first, block, kept });
      first += chunk.length / KEY_WORDS;
    }
    yield { words: block.words.subarray(0, kept * KEY_WORDS), persons: block.persons.subarray(0, kept) };
    from = to;
  }
}

// A function of its own, because a loop within a loop is compiled anew each time the inner one ends.
function copyKeys(
  { number, persons, distinct }: KeysToWrite,
  { chunk, first, block, kept }: { chunk: Uint32Array; first: number; block: KeyBlock; kept: number },
): number {
  let next = kept;
  for (let at = 0, row = first; at < chunk.length; at += KEY_WORDS, row++) {
    if (isNone(chunk, at) || distinct.isRepeated(number, row)) continue;
    copyKey(chunk, at, block.words, next * KEY_WORDS);
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

function gathered(words: Uint32Array, { rows, count }: KeptRows): Uint32Array {
  const out = new Uint32Array(count * KEY_WORDS);
  for (let n = 0; n < count; n++) copyKey(words, (rows[n] as number) * KEY_WORDS, out, n * KEY_WORDS);
  return out;
}
