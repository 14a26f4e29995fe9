// Rows that share a key are one person. Found once all keys are there, and partition by partition, so that what is
// looked up fits in the cache: a table of all keys would cost a cache miss for each of them.
import { copyKey, isNone, KEY_WORDS, type KeyColumn } from './key-column.ts';
import type { PersonIndex } from './person-index.ts';

/** Keys of one look-up table; with their words they stay in the second cache of a core. */
const PARTITION_KEYS = 1 << 13;
/** Keys laid out by partition at a time: bounds the memory of it to some 340 MB, and ten million rows with two keys need two passes. */
const PASS_KEYS = 1 << 24;
const MAX_PARTITION_BITS = 16;

export interface DistinctKeys {
  /** Distinct keys that belong to each column. */
  readonly counts: readonly number[];
  /** Whether an earlier row or column has this key already. */
  isRepeated(column: number, row: number): boolean;
}

/** Joins the rows in `persons`. A key belongs to the first column that has it, and there to the first row. */
export function joinRowsByKey(columns: readonly KeyColumn[], persons: PersonIndex, passKeys = PASS_KEYS): DistinctKeys {
  const { rows } = persons;
  const entries = rows * columns.length;
  if (entries >= 2 ** 32) throw new Error('more keys than 32 bits can number');
  const bits = Math.min(MAX_PARTITION_BITS, Math.max(1, Math.ceil(Math.log2(Math.max(2, entries / PARTITION_KEYS)))));
  const counts = new Uint32Array(2 ** bits);
  const keysOfColumns = columns.map((column) => countByPartition(column, 32 - bits, counts));
  const found = new KeyJoin(keysOfColumns, persons);
  const passes = passesOf(counts, passKeys);
  const memory = keyMemory(passes.reduce((most, { keys }) => Math.max(most, keys), 0));
  for (const { first, end } of passes) {
    const layout = new Layout({ first, end, shift: 32 - bits, counts }, memory);
    columns.forEach((column, n) => {
      for (const { first: row, items } of column.blocks()) layout.place(items, n * rows + row);
    });
    for (let partition = first; partition < end; partition++) found.lookUp(layout, partition);
  }
  return found;
}

/** Partitions `first` to `end`, laid out at a time. */
interface Pass {
  readonly first: number;
  readonly end: number;
  readonly keys: number;
}

function passesOf(counts: Uint32Array, passKeys: number): Pass[] {
  const passes: Pass[] = [];
  for (let first = 0; first < counts.length; ) {
    let end = first;
    let keys = 0;
    do keys += counts[end++] as number;
    while (end < counts.length && keys + (counts[end] as number) <= passKeys);
    passes.push({ first, end, keys });
    first = end;
  }
  return passes;
}

interface KeyMemory {
  readonly words: Uint32Array;
  readonly entries: Uint32Array;
}

/** One piece for all passes. */
function keyMemory(keys: number): KeyMemory {
  const wordsOf = (count: number) => new Uint32Array(new SharedArrayBuffer(count * Uint32Array.BYTES_PER_ELEMENT));
  return { words: wordsOf(keys * KEY_WORDS), entries: wordsOf(keys) };
}

function countByPartition(column: KeyColumn, shift: number, counts: Uint32Array): number {
  let keys = 0;
  for (const { items } of column.blocks()) keys += countChunk(items, shift, counts);
  return keys;
}

function countChunk(chunk: Uint32Array, shift: number, counts: Uint32Array): number {
  let absent = 0;
  for (let at = 0; at < chunk.length; at += KEY_WORDS) {
    const partition = (chunk[at] as number) >>> shift;
    if (partition === 0 && isNone(chunk, at)) absent++;
    else counts[partition] = (counts[partition] as number) + 1;
  }
  return chunk.length / KEY_WORDS - absent;
}

/** The keys of some partitions, those of one partition behind one another in the order of columns and rows. */
class Layout {
  readonly words: Uint32Array;
  /** Which key of all columns each one is. */
  readonly entries: Uint32Array;
  readonly #first: number;
  readonly #shift: number;
  /** Where each partition starts, and behind the last one where it ends. */
  readonly #starts: Uint32Array;
  readonly #next: Uint32Array;

  constructor(pass: Omit<Pass, 'keys'> & { shift: number; counts: Uint32Array }, { words, entries }: KeyMemory) {
    this.words = words;
    this.entries = entries;
    this.#first = pass.first;
    this.#shift = pass.shift;
    this.#starts = new Uint32Array(pass.end - pass.first + 1);
    for (let n = 0; n + 1 < this.#starts.length; n++) {
      this.#starts[n + 1] = (this.#starts[n] as number) + (pass.counts[pass.first + n] as number);
    }
    this.#next = this.#starts.slice(0, -1);
  }

  place(chunk: Uint32Array, firstEntry: number): void {
    const { words, entries } = this;
    const next = this.#next;
    for (let at = 0, entry = firstEntry; at < chunk.length; at += KEY_WORDS, entry++) {
      const partition = ((chunk[at] as number) >>> this.#shift) - this.#first;
      if (partition < 0 || partition >= next.length) continue;
      if (chunk[at] === 0 && isNone(chunk, at)) continue;
      const place = next[partition] as number;
      next[partition] = place + 1;
      entries[place] = entry;
      copyKey(chunk, at, words, place * KEY_WORDS);
    }
  }

  range(partition: number): { from: number; to: number } {
    const n = partition - this.#first;
    return { from: this.#starts[n] as number, to: this.#starts[n + 1] as number };
  }
}

class KeyJoin implements DistinctKeys {
  readonly counts: number[];
  readonly #rows: number;
  readonly #persons: PersonIndex;
  /** A bit for each row of each column. */
  readonly #repeated: Uint32Array;
  #slots = new Uint32Array(0);

  constructor(counts: number[], persons: PersonIndex) {
    this.counts = counts;
    this.#rows = persons.rows;
    this.#persons = persons;
    this.#repeated = new Uint32Array(Math.ceil((persons.rows * counts.length) / 32));
  }

  isRepeated(column: number, row: number): boolean {
    const entry = column * this.#rows + row;
    return (((this.#repeated[entry >>> 5] as number) >>> (entry & 31)) & 1) === 1;
  }

  // Open addressing by the second word: keys are ciphertext, so any word is as good as a hash, whatever a partner sends.
  lookUp(layout: Layout, partition: number): void {
    const { words, entries } = layout;
    const { from, to } = layout.range(partition);
    const slots = this.#emptySlots(to - from);
    const mask = slots.length - 1;
    for (let key = from; key < to; key++) {
      const at = key * KEY_WORDS;
      let slot = (words[at + 1] as number) & mask;
      for (let held = slots[slot] as number; held !== 0; held = slots[slot] as number) {
        const other = (from + held - 1) * KEY_WORDS;
        if (isSame(words, at, other)) {
          this.#repeat(entries[key] as number, entries[from + held - 1] as number);
          break;
        }
        slot = (slot + 1) & mask;
      }
      if (slots[slot] === 0) slots[slot] = key - from + 1;
    }
  }

  #repeat(entry: number, earlier: number): void {
    const column = Math.floor(entry / this.#rows);
    this.counts[column] = (this.counts[column] as number) - 1;
    this.#repeated[entry >>> 5] = (this.#repeated[entry >>> 5] as number) | (1 << (entry & 31));
    this.#persons.join(entry % this.#rows, earlier % this.#rows);
  }

  #emptySlots(keys: number): Uint32Array {
    let size = 1 << 10;
    while (size < keys * 2) size *= 2;
    if (size > this.#slots.length) this.#slots = new Uint32Array(size);
    return this.#slots.subarray(0, size).fill(0);
  }
}

function isSame(words: Uint32Array, a: number, b: number): boolean {
  return (
    words[a] === words[b] &&
    words[a + 1] === words[b + 1] &&
    words[a + 2] === words[b + 2] &&
    words[a + 3] === words[b + 3]
  );
}
