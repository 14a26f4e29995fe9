// Rows that share a key are one person. Found once all keys are there, and partition by partition, so that what is
// looked up fits in the cache: a table of all keys would cost a cache miss for each of them. Only one word of a key is laid out; where
// that is the same, which hardly happens to keys that differ, both are asked for in whole.
import { isNone, KEY_WORDS, type KeyColumn } from './key-column.ts';
import type { PersonIndex } from './person-index.ts';
import { Uint32Vector } from './vector.ts';

/** Keys of one look-up table; with what is laid out of them they stay in the second cache of a core. */
const PARTITION_KEYS = 1 << 13;
/** Keys laid out by partition at a time: bounds the memory of it to some 270 MB, and ten million rows with two keys need one pass. */
const PASS_KEYS = 1 << 25;
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
  const found = new KeyJoin(columns, keysOfColumns, persons);
  const passes = passesOf(counts, passKeys);
  const mostKeys = passes.reduce((most, { keys }) => Math.max(most, keys), 0);
  // One piece for all passes.
  const memory = new Uint32Array(new SharedArrayBuffer(mostKeys * LAID_WORDS * Uint32Array.BYTES_PER_ELEMENT));
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

/** Of each key that is laid out its second word, and which key of all columns it is. */
const LAID_WORDS = 2;

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
  /** LAID_WORDS a key. */
  readonly laid: Uint32Array;
  readonly #first: number;
  readonly #shift: number;
  /** Where each partition starts, and behind the last one where it ends. */
  readonly #starts: Uint32Array;
  readonly #next: Uint32Array;

  constructor(pass: Omit<Pass, 'keys'> & { shift: number; counts: Uint32Array }, memory: Uint32Array) {
    this.laid = memory;
    this.#first = pass.first;
    this.#shift = pass.shift;
    this.#starts = new Uint32Array(pass.end - pass.first + 1);
    for (let n = 0; n + 1 < this.#starts.length; n++) {
      this.#starts[n + 1] = (this.#starts[n] as number) + (pass.counts[pass.first + n] as number);
    }
    this.#next = this.#starts.slice(0, -1);
  }

  place(chunk: Uint32Array, firstEntry: number): void {
    const { laid } = this;
    const next = this.#next;
    for (let at = 0, entry = firstEntry; at < chunk.length; at += KEY_WORDS, entry++) {
      const partition = ((chunk[at] as number) >>> this.#shift) - this.#first;
      if (partition < 0 || partition >= next.length) continue;
      if (chunk[at] === 0 && isNone(chunk, at)) continue;
      const place = next[partition] as number;
      next[partition] = place + 1;
      laid[place * LAID_WORDS] = chunk[at + 1] as number;
      laid[place * LAID_WORDS + 1] = entry;
    }
  }

  range(partition: number): { from: number; to: number } {
    const n = partition - this.#first;
    return { from: this.#starts[n] as number, to: this.#starts[n + 1] as number };
  }
}

class KeyJoin implements DistinctKeys {
  readonly counts: number[];
  readonly #columns: readonly KeyColumn[];
  readonly #chunks: readonly (readonly (Uint32Array | undefined)[])[];
  readonly #chunkRows: number;
  readonly #rows: number;
  readonly #persons: PersonIndex;
  /** A bit for each row of each column. */
  readonly #repeated: Uint32Array;
  #slots = new Uint32Array(0);
  /** A key that an earlier one is like, and that one. */
  readonly #alike = new Uint32Vector();

  constructor(columns: readonly KeyColumn[], counts: number[], persons: PersonIndex) {
    this.#columns = columns;
    this.#chunks = columns.map((column) => column.chunksInMemory());
    this.#chunkRows = columns[0]?.chunkRows ?? 1;
    this.counts = counts;
    this.#rows = persons.rows;
    this.#persons = persons;
    this.#repeated = new Uint32Array(Math.ceil((persons.rows * counts.length) / 32));
  }

  isRepeated(column: number, row: number): boolean {
    const entry = column * this.#rows + row;
    return (((this.#repeated[entry >>> 5] as number) >>> (entry & 31)) & 1) === 1;
  }

  // Keys of one word are taken for the same at first and then compared all together: one after another, each would wait for memory.
  lookUp(layout: Layout, partition: number): void {
    this.#find(layout, partition, false);
    if (!this.#areSame()) this.#find(layout, partition, true);
    const { items, length } = this.#alike;
    for (let n = 0; n < length; n += 2) this.#repeat(items[n] as number, items[n + 1] as number);
  }

  // Open addressing by the second word: keys are ciphertext, so any word is as good as a hash, whatever a partner sends.
  #find(layout: Layout, partition: number, isCompared: boolean): void {
    const { laid } = layout;
    const { from, to } = layout.range(partition);
    const alike = this.#alike;
    const slots = this.#emptySlots(to - from);
    const mask = slots.length - 1;
    alike.length = 0;
    for (let key = from; key < to; key++) {
      const word = laid[key * LAID_WORDS] as number;
      let slot = word & mask;
      for (let held = slots[slot] as number; held !== 0; held = slots[slot] as number) {
        const other = (from + held - 1) * LAID_WORDS;
        if (laid[other] === word) {
          const entry = laid[key * LAID_WORDS + 1] as number;
          const earlier = laid[other + 1] as number;
          if (!isCompared || this.#isSame(entry, earlier)) {
            alike.push(entry);
            alike.push(earlier);
            break;
          }
        }
        slot = (slot + 1) & mask;
      }
      if (slots[slot] === 0) slots[slot] = key - from + 1;
    }
  }

  #areSame(): boolean {
    const { items, length } = this.#alike;
    const rows = this.#rows;
    const chunkRows = this.#chunkRows;
    let difference = 0;
    for (let n = 0; n < length; n += 2) {
      const entry = items[n] as number;
      const earlier = items[n + 1] as number;
      const column = Math.floor(entry / rows);
      const earlierColumn = Math.floor(earlier / rows);
      const row = entry - column * rows;
      const earlierRow = earlier - earlierColumn * rows;
      const chunk = Math.floor(row / chunkRows);
      const earlierChunk = Math.floor(earlierRow / chunkRows);
      const words = this.#chunks[column]?.[chunk];
      const others = this.#chunks[earlierColumn]?.[earlierChunk];
      if (words === undefined || others === undefined) {
        if (!this.#isSame(entry, earlier)) return false;
        continue;
      }
      const at = (row - chunk * chunkRows) * KEY_WORDS;
      const to = (earlierRow - earlierChunk * chunkRows) * KEY_WORDS;
      difference |= (words[at] as number) ^ (others[to] as number);
      difference |= (words[at + 1] as number) ^ (others[to + 1] as number);
      difference |= (words[at + 2] as number) ^ (others[to + 2] as number);
      difference |= (words[at + 3] as number) ^ (others[to + 3] as number);
    }
    return difference === 0;
  }

  #isSame(entry: number, earlier: number): boolean {
    const key = this.#keyOf(entry);
    const other = this.#keyOf(earlier);
    return key.every((word, n) => word === other[n]);
  }

  #keyOf(entry: number): Uint32Array {
    const column = Math.floor(entry / this.#rows);
    return (this.#columns[column] as KeyColumn).row(entry - column * this.#rows);
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
