// Sixteen-byte keys numbered from 0 in order of arrival, each with its first owner. Open addressing over typed arrays;
// keys are ciphertext, so their first word is already as good as a hash, whatever a partner sends.
import { Uint32Vector } from './vector.ts';

const WORDS = 4;
/** Slots hold the number of a key plus one; zero is free. */
const FREE = 0;

export class KeyTable {
  #slots = new Uint32Array(1 << 14);
  readonly #words = new Uint32Vector(1 << 16);
  readonly owners = new Uint32Vector(1 << 14);

  get size(): number {
    return this.owners.length;
  }

  /** The four words of each key behind one another. */
  get words(): Uint32Array {
    return this.#words.items.subarray(0, this.#words.length);
  }

  /** The number of the key, or undefined. */
  find(words: Uint32Array, at: number): number | undefined {
    const slot = this.#slots[this.#slotOf(words, at)] as number;
    return slot === FREE ? undefined : slot - 1;
  }

  /** The number of the key; one equal to the `size` before the call is new and now owned by `owner`. */
  intern(words: Uint32Array, at: number, owner: number): number {
    const slot = this.#slotOf(words, at);
    const held = this.#slots[slot] as number;
    if (held !== FREE) return held - 1;
    const key = this.owners.length;
    this.#slots[slot] = key + 1;
    this.#words.reserve(WORDS);
    for (let word = 0; word < WORDS; word++) this.#words.push(words[at + word] as number);
    this.owners.push(owner);
    if ((key + 1) * 3 > this.#slots.length * 2) this.#rehash();
    return key;
  }

  #slotOf(words: Uint32Array, at: number): number {
    const slots = this.#slots;
    const known = this.#words.items;
    const mask = slots.length - 1;
    const w0 = words[at] as number;
    const w1 = words[at + 1] as number;
    let slot = w0 & mask;
    for (let held = slots[slot] as number; held !== FREE; held = slots[slot] as number) {
      const base = (held - 1) * WORDS;
      if (
        known[base] === w0 &&
        known[base + 1] === w1 &&
        known[base + 2] === words[at + 2] &&
        known[base + 3] === words[at + 3]
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    const words = this.#words.items;
    for (let key = 0; key < this.owners.length; key++) {
      let slot = (words[key * WORDS] as number) & mask;
      while (slots[slot] !== FREE) slot = (slot + 1) & mask;
      slots[slot] = key + 1;
    }
    this.#slots = slots;
  }
}
