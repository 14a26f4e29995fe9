// Finds the keys of a short list in a long file by reading the file once from end to end: what is looked at for each of its keys
// is a few bits that stay in the cache. No order and no index of the file is needed.
import { type KeyBlockPlaces, KeyFile, type PersonSet } from './key-file.ts';
import { bytesOf } from './native-file.ts';
import { type BlockColumn, NativeReader, NotAKeyFile } from './native-reader.ts';
import { Uint32Vector } from './vector.ts';

const KEY_WORDS = 4;
/** Person, position and record key, in front of all else in an archive, so that they are read without the rest. */
const ARCHIVE_HEAD_COLUMNS = 3;
/** Of so many keys of the file one is looked up in vain. */
const FILTER_BITS_A_KEY = 32;

/** The keys that are looked for, each with a number of the caller's; a key may stand in it more than once. */
export class KeyList {
  readonly #words: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #slots: Uint32Array;
  readonly #filter: Uint32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#words = new Uint32Array(capacity * KEY_WORDS);
    this.#owners = new Uint32Array(capacity);
    this.#slots = new Uint32Array(powerAbove(capacity * 2, 1 << 10));
    this.#filter = new Uint32Array(powerAbove((capacity * FILTER_BITS_A_KEY) / 32, 1 << 10));
  }

  get size(): number {
    return this.#size;
  }

  add(words: Uint32Array, at: number, owner: number): void {
    const n = this.#size++;
    for (let word = 0; word < KEY_WORDS; word++) this.#words[n * KEY_WORDS + word] = words[at + word] as number;
    this.#owners[n] = owner;
    const mask = this.#slots.length - 1;
    let slot = (words[at + 1] as number) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = n + 1;
    const bit = this.#bitOf(words[at] as number);
    this.#filter[bit >>> 5] = (this.#filter[bit >>> 5] as number) | (1 << (bit & 31));
  }

  /** Appends owner and row of each key of the block that is in the list. */
  scan(words: Uint32Array, rows: number, found: { owners: Uint32Vector; rows: Uint32Vector }): void {
    const filter = this.#filter;
    const mask = filter.length * 32 - 1;
    for (let row = 0, at = 0; row < rows; row++, at += KEY_WORDS) {
      const bit = (words[at] as number) & mask;
      if ((((filter[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1) this.#lookUp(words, at, row, found);
    }
  }

  #bitOf(word: number): number {
    return word & (this.#filter.length * 32 - 1);
  }

  // Open addressing by the second word: keys are ciphertext, so any word is as good as a hash.
  #lookUp(words: Uint32Array, at: number, row: number, found: { owners: Uint32Vector; rows: Uint32Vector }): void {
    const own = this.#words;
    const mask = this.#slots.length - 1;
    let slot = (words[at + 1] as number) & mask;
    for (let held = this.#slots[slot] as number; held !== 0; held = this.#slots[slot] as number) {
      const base = (held - 1) * KEY_WORDS;
      if (
        own[base] === words[at] &&
        own[base + 1] === words[at + 1] &&
        own[base + 2] === words[at + 2] &&
        own[base + 3] === words[at + 3]
      ) {
        found.owners.push(this.#owners[held - 1] as number);
        found.rows.push(row);
      }
      slot = (slot + 1) & mask;
    }
  }
}

function powerAbove(wanted: number, least: number): number {
  let size = least;
  while (size < wanted) size *= 2;
  return size;
}

/** Owner in the list and person in the file of each key that both have, of one identifier type or of all. */
export function scanKeyFile(
  list: KeyList,
  { path, type, without }: { path: string; type: number | undefined; without: PersonSet },
): { owners: Uint32Array; persons: Uint32Array } {
  const owners = new Uint32Vector();
  const persons = new Uint32Vector();
  const hits = { owners: new Uint32Vector(), rows: new Uint32Vector() };
  if (list.size === 0) return { owners: owners.items.slice(0, 0), persons: persons.items.slice(0, 0) };
  const file = new KeyFile(path);
  const block = new BlockMemory();
  try {
    for (const place of file.blocks()) {
      if (type !== undefined && place.type !== type) continue;
      hits.owners.length = 0;
      hits.rows.length = 0;
      list.scan(block.keys(file, place), place.rows, hits);
      if (hits.rows.length === 0) continue;
      const people = block.persons(file, place);
      for (let n = 0; n < hits.rows.length; n++) {
        const person = people[hits.rows.items[n] as number] as number;
        if (without.has(person)) continue;
        owners.push(hits.owners.items[n] as number);
        persons.push(person);
      }
    }
  } finally {
    file.close();
  }
  return { owners: owners.items.slice(0, owners.length), persons: persons.items.slice(0, persons.length) };
}

/** The persons whose rows in an archive have a record key of the list. Of the file only those two columns are read. */
export function scanRecords(
  list: KeyList,
  { path, blocks, without }: { path: string; blocks: readonly number[]; without: PersonSet },
): Uint32Array {
  const found = new Uint32Vector();
  if (list.size === 0) return found.items.slice(0, 0);
  const hits = { owners: new Uint32Vector(), rows: new Uint32Vector() };
  const file = new NativeReader(path, { direct: true });
  let words = new Uint32Array(0);
  let persons = new Uint32Array(0);
  try {
    for (const at of blocks) {
      const { rows, columns } = file.startOfBlock(at, ARCHIVE_HEAD_COLUMNS);
      const [person, , key] = columns as [BlockColumn, BlockColumn, BlockColumn];
      if (key.bytes !== rows * KEY_WORDS * 4) throw new NotAKeyFile();
      if (persons.length < rows) {
        words = new Uint32Array(rows * KEY_WORDS);
        persons = new Uint32Array(rows);
      }
      file.read(key, bytesOf(words));
      hits.rows.length = 0;
      hits.owners.length = 0;
      list.scan(words, rows, hits);
      if (hits.rows.length === 0) continue;
      file.read(person, bytesOf(persons));
      for (let n = 0; n < hits.rows.length; n++) {
        const holder = persons[hits.rows.items[n] as number] as number;
        if (!without.has(holder)) found.push(holder);
      }
    }
  } finally {
    file.close();
  }
  return found.items.slice(0, found.length);
}

/** Memory of one block, used for all of them. */
export class BlockMemory {
  #words = new Uint32Array(0);
  #persons = new Uint32Array(0);

  keys(file: KeyFile, { rows, keys }: KeyBlockPlaces): Uint32Array {
    if (this.#words.length < rows * KEY_WORDS) this.#words = new Uint32Array(rows * KEY_WORDS);
    file.read(keys, bytesOf(this.#words));
    return this.#words;
  }

  persons(file: KeyFile, { rows, persons }: KeyBlockPlaces): Uint32Array {
    if (this.#persons.length < rows) this.#persons = new Uint32Array(rows);
    file.read(persons, bytesOf(this.#persons));
    return this.#persons;
  }
}
