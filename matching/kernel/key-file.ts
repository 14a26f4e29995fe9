// A table of match keys as one Native file: blocks of keys of one identifier type each, so that who wants a type passes
// over the others unread.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import { bytesOf } from './native-file.ts';
import { type BlockColumn, type KeyFileBlock, NativeReader, NotAKeyFile } from './native-reader.ts';

export interface KeyBlockPlaces {
  readonly rows: number;
  readonly type: number;
  readonly keys: BlockColumn;
  readonly persons: BlockColumn;
}

export class KeyFile {
  readonly #reader: NativeReader;
  readonly #types = Buffer.alloc(STORE_BLOCK_ROWS * 2);

  constructor(path: string) {
    this.#reader = new NativeReader(path);
  }

  *blocks(): Generator<KeyBlockPlaces> {
    this.#reader.rewind();
    for (let block = this.#reader.block(); block !== undefined; block = this.#reader.block()) {
      yield {
        rows: block.rows,
        type: this.#typeOf(block),
        keys: column(block, 'match_key'),
        persons: column(block, 'person'),
      };
    }
  }

  read(place: BlockColumn, into: Uint8Array): void {
    this.#reader.read(place, into);
  }

  close(): void {
    this.#reader.close();
  }

  // All the same if each equals the one before it, which is one comparison of memory with itself.
  #typeOf({ rows, columns }: KeyFileBlock): number {
    const types = this.#types;
    if (rows > types.length) throw new NotAKeyFile();
    this.#reader.read(column({ rows, columns }, 'type'), types);
    if (types.compare(types, 1, rows, 0, rows - 1) !== 0) throw new NotAKeyFile();
    return types[0] as number;
  }
}

function column(block: KeyFileBlock, name: string): BlockColumn {
  const found = block.columns.find((one) => one.name === name);
  if (found === undefined) throw new NotAKeyFile();
  return found;
}

/** Persons told apart, a bit each. */
export class PersonSet {
  #bits = new Uint32Array(1 << 12);

  addAll(persons: Uint32Array, count: number): void {
    for (let n = 0; n < count; n++) {
      const person = persons[n] as number;
      if (person >>> 5 >= this.#bits.length) this.#grow(person);
      this.#bits[person >>> 5] = (this.#bits[person >>> 5] as number) | (1 << (person & 31));
    }
  }

  /** False where the person was in the set before. */
  add(person: number): boolean {
    if (this.has(person)) return false;
    if (person >>> 5 >= this.#bits.length) this.#grow(person);
    this.#bits[person >>> 5] = (this.#bits[person >>> 5] as number) | (1 << (person & 31));
    return true;
  }

  has(person: number): boolean {
    return person >>> 5 < this.#bits.length && (((this.#bits[person >>> 5] as number) >>> (person & 31)) & 1) === 1;
  }

  get size(): number {
    let size = 0;
    for (const word of this.#bits) size += ones(word);
    return size;
  }

  /** Ascending. */
  list(): Uint32Array {
    const persons = new Uint32Array(this.size);
    let next = 0;
    for (let word = 0; word < this.#bits.length; word++) {
      const bits = this.#bits[word] as number;
      for (let bit = 0; bits !== 0 && bit < 32; bit++) if ((bits >>> bit) & 1) persons[next++] = word * 32 + bit;
    }
    return persons;
  }

  #grow(person: number): void {
    const grown = new Uint32Array(Math.max(this.#bits.length * 2, (person >>> 5) + 1));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}

function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The persons of a Native file that has a column of them; nobody without a file. */
export function readPersonSet(path: string | undefined): PersonSet {
  const set = new PersonSet();
  if (path === undefined) return set;
  const reader = new NativeReader(path);
  try {
    for (let block = reader.block(); block !== undefined; block = reader.block()) {
      const persons = new Uint32Array(block.rows);
      reader.read(column(block, 'person'), bytesOf(persons));
      set.addAll(persons, block.rows);
    }
  } finally {
    reader.close();
  }
  return set;
}
