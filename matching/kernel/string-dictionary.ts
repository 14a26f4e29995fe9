// Distinct long strings numbered from 1 in order of arrival, such as TC strings of some hundred bytes. A cell is found by a quick hash
// and one native comparison; strings that were made to share that hash are told apart by a secret one that nobody can aim at.
import { hash as digestOf, randomFillSync } from 'node:crypto';

const CHUNK_BYTES = 1 << 22;
const SEED_BYTES = 16;
const PLACE_WORDS = 4;
const SLOT_WORDS = 2;
/** A look at a string of the same hash, which costs a comparison, counts for eight. Beyond it somebody chose the strings. */
const MAX_LOOKS = 128;
const LOOKS_OF_COMPARISON = 8;

export interface StringLimits {
  readonly maxStrings: number;
  readonly maxBytes: number;
}

/** The strings of a dictionary for another thread to read; what is added later is not among them. */
export interface HeldStrings {
  readonly chunks: readonly SharedArrayBuffer[];
  readonly places: Uint32Array<ArrayBuffer>;
  readonly count: number;
}

export class StringDictionary {
  /** Strings behind one another; none lies across two chunks. Outside of the heap, and nothing for the collector to visit. */
  readonly #chunks: Buffer[] = [];
  #used = CHUNK_BYTES;
  /** Of each string its chunk, its place in there and its length, in one line of the cache. */
  #places = new Uint32Array(PLACE_WORDS << 11);
  /** Of each slot the number of the string that stands there and its hash. */
  #slots = new Int32Array(SLOT_WORDS << 13);
  #hash = 0;
  #count = 1;
  #bytes = 0;
  #isSecret = false;
  readonly #seed = randomFillSync(Buffer.alloc(SEED_BYTES));
  readonly #salt = this.#seed.readInt32LE(0);
  #message = Buffer.alloc(SEED_BYTES);

  /** To read from only: nothing is found in it by its bytes. */
  static ofHeld({ chunks, places, count }: HeldStrings): StringDictionary {
    const read = new StringDictionary();
    read.#chunks.push(...chunks.map((chunk) => Buffer.from(chunk)));
    read.#places = places;
    read.#count = count;
    return read;
  }

  get held(): HeldStrings {
    const chunks = this.#chunks.map((chunk) => chunk.buffer as SharedArrayBuffer);
    return { chunks, places: this.#places.slice(0, this.#count * PLACE_WORDS), count: this.#count };
  }

  /** With the empty string, which is 0. */
  get size(): number {
    return this.#count;
  }

  /** Whether one more string of so many bytes still fits. */
  hasRoom(length: number, { maxStrings, maxBytes }: StringLimits): boolean {
    return this.#count <= maxStrings && this.#bytes + length <= maxBytes;
  }

  #isAt(number: number, bytes: Buffer, start: number, end: number): boolean {
    const at = number * PLACE_WORDS;
    const length = this.#places[at + 2] as number;
    if (length !== end - start) return false;
    const place = this.#places[at + 1] as number;
    const chunk = this.#chunks[this.#places[at] as number] as Buffer;
    return bytes.compare(chunk, place, place + length, start, end) === 0;
  }

  /** The number of the bytes, or `~slot` where they would stand: for `add`, and until then only. */
  find(bytes: Buffer, view: DataView, start: number, end: number): number {
    const hash = this.#isSecret ? this.#secretHash(bytes, start, end) : quickHash(view, start, end, this.#salt);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let looks = 0;
    let slot = (hash * SLOT_WORDS) & mask;
    for (let n = slots[slot] as number; n !== 0; n = slots[slot] as number) {
      if (slots[slot + 1] === hash) {
        if (this.#isAt(n, bytes, start, end)) return n;
        looks += LOOKS_OF_COMPARISON;
      }
      looks++;
      slot = (slot + SLOT_WORDS) & mask;
    }
    if (looks > MAX_LOOKS && !this.#isSecret) {
      this.#hashSecretly();
      return this.find(bytes, view, start, end);
    }
    this.#hash = hash;
    return ~slot;
  }

  /** Keeps the bytes that `find` did not know. */
  add(slot: number, bytes: Buffer, start: number, end: number): number {
    const number = this.#count++;
    const length = end - start;
    if (this.#used + length > CHUNK_BYTES) {
      this.#chunks.push(Buffer.from(new SharedArrayBuffer(CHUNK_BYTES)));
      this.#used = 0;
    }
    const chunk = this.#chunks.length - 1;
    bytes.copy(this.#chunks[chunk] as Buffer, this.#used, start, end);
    this.#places.set([chunk, this.#used, length], number * PLACE_WORDS);
    this.#used += length;
    this.#bytes += length;
    this.#slots[slot] = number;
    this.#slots[slot + 1] = this.#hash;
    if (this.#count * PLACE_WORDS === this.#places.length) this.#grow();
    return number;
  }

  bytes(number: number): Buffer {
    if (number === 0) return Buffer.alloc(0);
    const at = number * PLACE_WORDS;
    const place = this.#places[at + 1] as number;
    const chunk = this.#chunks[this.#places[at] as number] as Buffer;
    return chunk.subarray(place, place + (this.#places[at + 2] as number));
  }

  #grow(): void {
    const places = new Uint32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
    const before = this.#slots;
    this.#slots = new Int32Array(before.length * 2);
    for (let slot = 0; slot < before.length; slot += SLOT_WORDS) {
      if (before[slot] !== 0) this.#place(before[slot] as number, before[slot + 1] as number);
    }
  }

  #place(number: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash * SLOT_WORDS) & mask;
    while (slots[slot] !== 0) slot = (slot + SLOT_WORDS) & mask;
    slots[slot] = number;
    slots[slot + 1] = hash;
  }

  #hashSecretly(): void {
    this.#isSecret = true;
    this.#slots.fill(0);
    for (let n = 1; n < this.#count; n++) {
      const bytes = this.bytes(n);
      this.#place(n, this.#secretHash(bytes, 0, bytes.length));
    }
  }

  #secretHash(bytes: Buffer, start: number, end: number): number {
    const length = SEED_BYTES + end - start;
    if (this.#message.length < length) {
      this.#message = Buffer.alloc(length * 2);
      this.#seed.copy(this.#message);
    }
    bytes.copy(this.#message, SEED_BYTES, start, end);
    return digestOf('sha256', this.#message.subarray(0, length), 'buffer').readInt32LE(0);
  }
}

/** All bytes, sixteen at a time in four lanes that do not wait for each other: strings of one platform may differ in a single bit. */
function quickHash(view: DataView, start: number, end: number, salt: number): number {
  let [one, two, three, four] = [salt, salt ^ 0x27d4eb2f, salt ^ 0x165667b1, end - start];
  let at = start;
  for (const whole = end - 15; at < whole; at += 16) {
    one = Math.imul(one ^ view.getInt32(at, true), 0x9e3779b1);
    two = Math.imul(two ^ view.getInt32(at + 4, true), 0x85ebca6b);
    three = Math.imul(three ^ view.getInt32(at + 8, true), 0xc2b2ae35);
    four = Math.imul(four ^ view.getInt32(at + 12, true), 0x5bd1e995);
  }
  for (; at < end; at++) one = Math.imul(one ^ view.getUint8(at), 0x01000193);
  return mixed(mixed(mixed(mixed(one) ^ two) ^ three) ^ four);
}

function mixed(hash: number): number {
  const product = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return product ^ (product >>> 13);
}
