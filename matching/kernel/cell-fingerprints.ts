// Fingerprints of the long cells of a block where the block lies, and a table from fingerprints to numbers. A cell that comes again is
// known by half a line of the cache, and not by the hundreds of bytes of the string itself, which memory takes its time to bring.
import { randomFillSync } from 'node:crypto';
import { FINGERPRINT_BLOCK, FINGERPRINT_BYTES, fingerprinterOf, keyBytes } from './fingerprint-vector.ts';

const WORD_BYTES = 4;
const MAX_CELL_BYTES = 4_096;
const ENTRY_WORDS = FINGERPRINT_BYTES / WORD_BYTES;
const HASH_WORDS = 6;
const LENGTH = HASH_WORDS;
const NUMBER = HASH_WORDS + 1;

export interface FingerprintMemory {
  readonly memory: WebAssembly.Memory;
  /** From here on it is for fingerprints alone. */
  readonly from: number;
  /** Of a block that cells are in. */
  readonly blockBytes: number;
}

const roomOf = (blockBytes: number): number => Math.floor(blockBytes / FINGERPRINT_BLOCK);

/** Cells of one block, and once they are taken, a fingerprint of each: six words, with a key of this object alone. */
export class CellFingerprints {
  /** By cell; eight words each, of which six are written. */
  readonly words: Int32Array<ArrayBuffer>;
  readonly rows: Int32Array<ArrayBuffer>;
  /** By cell, as a table has found them. */
  readonly numbers: Int32Array<ArrayBuffer>;
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ends: Int32Array<ArrayBuffer>;
  count = 0;
  readonly #memory: WebAssembly.Memory;
  readonly #keys: Uint8Array<ArrayBuffer>;
  #take: ((...numbers: number[]) => number) | undefined;

  static bytesFor(blockBytes: number): number {
    return roomOf(blockBytes) * (FINGERPRINT_BYTES + 2 * WORD_BYTES) + keyBytes(MAX_CELL_BYTES);
  }

  constructor({ memory, from, blockBytes }: FingerprintMemory) {
    const { buffer } = memory;
    const room = roomOf(blockBytes);
    this.#memory = memory;
    this.rows = new Int32Array(room);
    this.numbers = new Int32Array(room);
    this.words = new Int32Array(buffer, from, room * ENTRY_WORDS);
    this.starts = new Int32Array(buffer, from + this.words.byteLength, room);
    this.ends = new Int32Array(buffer, this.starts.byteOffset + this.starts.byteLength, room);
    this.#keys = new Uint8Array(buffer, this.ends.byteOffset + this.ends.byteLength, keyBytes(MAX_CELL_BYTES));
  }

  reset(): void {
    this.count = 0;
  }

  /** False for a cell that is too short or too long to have a fingerprint. */
  push(row: number, start: number, end: number): boolean {
    const length = end - start;
    if (length < FINGERPRINT_BLOCK || length > MAX_CELL_BYTES) return false;
    this.rows[this.count] = row;
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
    return true;
  }

  /** Of the cells that were pushed; they stand in `bytes`, which is part of the memory. */
  take(bytes: Buffer): void {
    if (this.#take === undefined) {
      randomFillSync(this.#keys);
      this.#take = fingerprinterOf(this.#memory);
    }
    const lists = [this.starts, this.ends].map((list) => list.byteOffset);
    this.#take(bytes.byteOffset, ...lists, this.count, this.#keys.byteOffset, this.words.byteOffset);
  }
}

/** Numbers from 1 on by fingerprint and length. */
export class FingerprintTable {
  #entries = new Int32Array(ENTRY_WORDS << 12);
  #count = 0;

  /**
   * The number of each cell into its `numbers`; 0 where it is not known. First what stands in each cell's place, then whether it is the
   * cell: the memory for the places comes for many at a time, and not for one after the other.
   */
  findAll(cells: CellFingerprints): void {
    const { words, numbers, count } = cells;
    const entries = this.#entries;
    const mask = entries.length - 1;
    for (let cell = 0; cell < count; cell++) {
      numbers[cell] = entries[slotOf(words[cell * ENTRY_WORDS] as number, mask) + NUMBER] as number;
    }
    for (let cell = 0; cell < count; cell++) if (numbers[cell] !== 0) numbers[cell] = this.find(cells, cell);
  }

  /** 0 where it is not known. */
  find({ words, starts, ends }: CellFingerprints, cell: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    const from = cell * ENTRY_WORDS;
    const length = (ends[cell] as number) - (starts[cell] as number);
    for (let at = slotOf(words[from] as number, mask); entries[at + NUMBER] !== 0; at = (at + ENTRY_WORDS) & mask) {
      if (isEqual(entries, at, words, from) && entries[at + LENGTH] === length) return entries[at + NUMBER] as number;
    }
    return 0;
  }

  /** One that `find` did not know. */
  add({ words, starts, ends }: CellFingerprints, cell: number, number: number): void {
    if (++this.#count * ENTRY_WORDS * 2 > this.#entries.length) this.#grow();
    const at = this.#freeFor(words[cell * ENTRY_WORDS] as number);
    this.#entries.set(words.subarray(cell * ENTRY_WORDS, cell * ENTRY_WORDS + HASH_WORDS), at);
    this.#entries[at + LENGTH] = (ends[cell] as number) - (starts[cell] as number);
    this.#entries[at + NUMBER] = number;
  }

  #freeFor(word: number): number {
    const entries = this.#entries;
    const mask = entries.length - 1;
    let at = slotOf(word, mask);
    while (entries[at + NUMBER] !== 0) at = (at + ENTRY_WORDS) & mask;
    return at;
  }

  #grow(): void {
    const before = this.#entries;
    this.#entries = new Int32Array(before.length * 2);
    for (let at = 0; at < before.length; at += ENTRY_WORDS) {
      if (before[at + NUMBER] === 0) continue;
      this.#entries.set(before.subarray(at, at + ENTRY_WORDS), this.#freeFor(before[at] as number));
    }
  }
}

const slotOf = (word: number, mask: number): number => (word * ENTRY_WORDS) & mask;

function isEqual(entries: Int32Array, at: number, words: Int32Array, from: number): boolean {
  for (let n = 0; n < HASH_WORDS; n++) if (entries[at + n] !== words[from + n]) return false;
  return true;
}
