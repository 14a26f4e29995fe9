// Sixteen-byte keys numbered from 0 in order of arrival, each with its first owner. Open addressing over typed arrays;
// keys are ciphertext, so their words are already as good as a hash, whatever a partner sends.
import { Uint32Vector } from './vector.ts';

const WORDS = 4;
const FREE = 0;

export class KeyTable {
  /** Two words a slot: the second word of its key, and the number of the key plus one. The first spares most looks elsewhere. */
  #slots = new Uint32Array(2 << 14);
  #words = new Uint32Array(1 << 16);
  readonly owners = new Uint32Vector(1 << 14);

  get size(): number {
    return this.owners.length;
  }

  /** The four words of each key behind one another. */
  get words(): Uint32Array {
    return this.#words.subarray(0, this.owners.length * WORDS);
  }

  /** The number of the key, or undefined. */
  find(words: Uint32Array, at: number): number | undefined {
    const held = this.#slots[this.#slotOf(words, at) + 1] as number;
    return held === FREE ? undefined : held - 1;
  }

  /** The number of the key; one equal to the `size` before the call is new and now owned by `owner`. */
  intern(words: Uint32Array, at: number, owner: number): number {
    const slot = this.#slotOf(words, at);
    const held = this.#slots[slot + 1] as number;
    if (held !== FREE) return held - 1;
    const key = this.owners.length;
    this.#slots[slot] = words[at + 1] as number;
    this.#slots[slot + 1] = key + 1;
    if ((key + 1) * WORDS > this.#words.length) this.#growWords();
    const own = this.#words;
    const base = key * WORDS;
    own[base] = words[at] as number;
    own[base + 1] = words[at + 1] as number;
    own[base + 2] = words[at + 2] as number;
    own[base + 3] = words[at + 3] as number;
    this.owners.push(owner);
    if ((key + 1) * 3 > this.#slots.length) this.#rehash();
    return key;
  }

  #slotOf(words: Uint32Array, at: number): number {
    const slots = this.#slots;
    const known = this.#words;
    const mask = slots.length - 1;
    const w0 = words[at] as number;
    const w1 = words[at + 1] as number;
    let slot = (w0 << 1) & mask;
    for (let held = slots[slot + 1] as number; held !== FREE; held = slots[slot + 1] as number) {
      if (slots[slot] === w1) {
        const base = (held - 1) * WORDS;
        if (known[base] === w0 && known[base + 2] === words[at + 2] && known[base + 3] === words[at + 3]) return slot;
      }
      slot = (slot + 2) & mask;
    }
    return slot;
  }

  #growWords(): void {
    const factor = this.#words.length < 1 << 24 ? 2 : 1.5;
    const grown = new Uint32Array(Math.ceil((this.#words.length * factor) / WORDS) * WORDS);
    grown.set(this.#words);
    this.#words = grown;
  }

  // Four times at once while that is cheap: each growth visits every key in random order.
  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * (this.#slots.length < 1 << 24 ? 4 : 2));
    const mask = slots.length - 1;
    const words = this.#words;
    for (let key = 0; key < this.owners.length; key++) {
      let slot = ((words[key * WORDS] as number) << 1) & mask;
      while (slots[slot + 1] !== FREE) slot = (slot + 2) & mask;
      slots[slot] = words[key * WORDS + 1] as number;
      slots[slot + 1] = key + 1;
    }
    this.#slots = slots;
  }
}
