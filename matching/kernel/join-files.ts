// The join of two files of match keys: both sides laid out by the first bits of their keys, then looked up partition by
// partition, so that a table of a partition stays in the cache. Memory is bounded by passes over the files.
import { type KeyBlockPlaces, KeyFile } from './key-file.ts';
import { bytesOf } from './native-file.ts';
import { sortByLeft } from './pair-order.ts';
import { Uint32Vector } from './vector.ts';

export interface JoinTask {
  readonly kind: 'join';
  readonly left: string;
  readonly right: string;
  /** The number of the identifier type. */
  readonly type: number;
  /** Keys of both sides laid out at a time; for tests. */
  readonly passKeys?: number;
}

/** Candidate pairs, the left persons ascending. */
export interface JoinedFiles {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

const KEY_WORDS = 4;
/** A key and whose it is. */
const RECORD_WORDS = 5;
const PARTITION_KEYS = 1 << 13;
const MAX_PARTITION_BITS = 14;
/** 700 MB of records; twice ten million keys need one pass. */
const PASS_KEYS = 35_000_000;

export function joinKeyFiles({ left, right, type, passKeys = PASS_KEYS }: JoinTask): JoinedFiles {
  const sides = { left: new Side(left, type), right: new Side(right, type) };
  const found = { left: new Uint32Vector(1 << 16), right: new Uint32Vector(1 << 16) };
  try {
    const bits = partitionBits(sides.right.rows);
    const counts = { left: sides.left.count(bits), right: sides.right.count(bits) };
    const lookUp = new LookUp(found);
    for (let first = 0; first < counts.left.length; ) {
      let end = first;
      let keys = 0;
      do keys += keysOf(counts, end++);
      while (end < counts.left.length && keys + keysOf(counts, end) <= passKeys);
      const pass = { first, end, shift: 32 - bits };
      const laid = { left: sides.left.layOut(counts.left, pass), right: sides.right.layOut(counts.right, pass) };
      for (let partition = 0; partition < end - first; partition++) lookUp.join(laid, partition);
      first = end;
    }
  } finally {
    sides.left.close();
    sides.right.close();
  }
  const { length } = found.left;
  return sortByLeft({ left: found.left.items.slice(0, length), right: found.right.items.slice(0, length) });
}

function partitionBits(keys: number): number {
  return Math.min(MAX_PARTITION_BITS, Math.max(1, Math.ceil(Math.log2(Math.max(2, keys / PARTITION_KEYS)))));
}

function keysOf(counts: { left: Uint32Array; right: Uint32Array }, partition: number): number {
  return (counts.left[partition] as number) + (counts.right[partition] as number);
}

interface Pass {
  readonly first: number;
  readonly end: number;
  readonly shift: number;
}

interface Laid {
  /** RECORD_WORDS a key. */
  readonly records: Uint32Array;
  /** Where each partition of the pass starts, and behind the last one where it ends. */
  readonly starts: Uint32Array;
}

/** The keys of one type on one side. */
class Side {
  readonly rows: number;
  readonly #file: KeyFile;
  readonly #blocks: readonly KeyBlockPlaces[];
  readonly #words: Uint32Array;
  readonly #persons: Uint32Array;

  constructor(path: string, type: number) {
    this.#file = new KeyFile(path);
    this.#blocks = [...this.#file.blocks()].filter((block) => block.type === type);
    this.rows = this.#blocks.reduce((sum, block) => sum + block.rows, 0);
    const most = this.#blocks.reduce((rows, block) => Math.max(rows, block.rows), 0);
    this.#words = new Uint32Array(most * KEY_WORDS);
    this.#persons = new Uint32Array(most);
  }

  count(bits: number): Uint32Array {
    const counts = new Uint32Array(2 ** bits);
    for (const { keys, rows } of this.#blocks) {
      this.#file.read(keys, bytesOf(this.#words));
      countKeys(this.#words, rows, { counts, shift: 32 - bits });
    }
    return counts;
  }

  layOut(counts: Uint32Array, pass: Pass): Laid {
    const starts = new Uint32Array(pass.end - pass.first + 1);
    for (let n = 0; n + 1 < starts.length; n++) {
      starts[n + 1] = (starts[n] as number) + (counts[pass.first + n] as number);
    }
    const records = new Uint32Array((starts[starts.length - 1] as number) * RECORD_WORDS);
    const next = starts.slice(0, -1);
    for (const { keys, persons, rows } of this.#blocks) {
      this.#file.read(keys, bytesOf(this.#words));
      this.#file.read(persons, bytesOf(this.#persons));
      placeKeys({ words: this.#words, persons: this.#persons, rows }, { records, next, pass });
    }
    return { records, starts };
  }

  close(): void {
    this.#file.close();
  }
}

function countKeys(words: Uint32Array, rows: number, { counts, shift }: { counts: Uint32Array; shift: number }): void {
  for (let row = 0; row < rows; row++) {
    const partition = (words[row * KEY_WORDS] as number) >>> shift;
    counts[partition] = (counts[partition] as number) + 1;
  }
}

function placeKeys(
  { words, persons, rows }: { words: Uint32Array; persons: Uint32Array; rows: number },
  { records, next, pass }: { records: Uint32Array; next: Uint32Array; pass: Pass },
): void {
  const { first, shift } = pass;
  const partitions = next.length;
  for (let row = 0; row < rows; row++) {
    const at = row * KEY_WORDS;
    const partition = ((words[at] as number) >>> shift) - first;
    if (partition < 0 || partition >= partitions) continue;
    const place = next[partition] as number;
    next[partition] = place + 1;
    const to = place * RECORD_WORDS;
    records[to] = words[at] as number;
    records[to + 1] = words[at + 1] as number;
    records[to + 2] = words[at + 2] as number;
    records[to + 3] = words[at + 3] as number;
    records[to + 4] = persons[row] as number;
  }
}

class LookUp {
  readonly #found: { readonly left: Uint32Vector; readonly right: Uint32Vector };
  #slots = new Uint32Array(0);

  constructor(found: { readonly left: Uint32Vector; readonly right: Uint32Vector }) {
    this.#found = found;
  }

  // Open addressing by the second word: keys are ciphertext, so any word is as good as a hash. A key of several persons
  // takes a slot for each of them, and whoever looks for it goes on to the next free slot.
  join({ left, right }: { left: Laid; right: Laid }, partition: number): void {
    const from = right.starts[partition] as number;
    const to = right.starts[partition + 1] as number;
    if (from === to) return;
    const slots = this.#filled(right.records, from, to);
    this.#probe({ left, right }, { slots, base: from, partition });
  }

  #filled(records: Uint32Array, from: number, to: number): Uint32Array {
    let size = 1 << 10;
    while (size < (to - from) * 2) size *= 2;
    if (size > this.#slots.length) this.#slots = new Uint32Array(size);
    const slots = this.#slots.subarray(0, size).fill(0);
    const mask = size - 1;
    for (let key = from; key < to; key++) {
      let slot = (records[key * RECORD_WORDS + 1] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = key - from + 1;
    }
    return slots;
  }

  #probe(
    { left, right }: { left: Laid; right: Laid },
    { slots, base, partition }: { slots: Uint32Array; base: number; partition: number },
  ): void {
    const found = this.#found;
    const mask = slots.length - 1;
    const mine = left.records;
    const theirs = right.records;
    const end = (left.starts[partition + 1] as number) * RECORD_WORDS;
    for (let at = (left.starts[partition] as number) * RECORD_WORDS; at < end; at += RECORD_WORDS) {
      let slot = (mine[at + 1] as number) & mask;
      for (let held = slots[slot] as number; held !== 0; held = slots[slot] as number) {
        const other = (base + held - 1) * RECORD_WORDS;
        if (
          theirs[other + 1] === mine[at + 1] &&
          theirs[other] === mine[at] &&
          theirs[other + 2] === mine[at + 2] &&
          theirs[other + 3] === mine[at + 3]
        ) {
          found.left.push(mine[at + 4] as number);
          found.right.push(theirs[other + 4] as number);
        }
        slot = (slot + 1) & mask;
      }
    }
  }
}
