// Numbers of byte strings of up to sixteen bytes, found by comparing four words instead of byte after byte: most labels of
// most files are that short. What is not here is looked for elsewhere.

export const SHORT_BYTES = 16;
const WORDS = 4;
/** Rests of the file behind a label read with it are masked away: four masks for each length. */
const MASKS = new Uint32Array((SHORT_BYTES + 1) * WORDS);
for (let length = 0; length <= SHORT_BYTES; length++) {
  for (let word = 0; word < WORDS; word++) {
    const bytes = Math.min(4, Math.max(0, length - word * 4));
    MASKS[length * WORDS + word] = bytes === 4 ? 0xffffffff : 2 ** (8 * bytes) - 1;
  }
}
/** With their words they stay in the second cache of a core. */
const MAX_SIZE = 1 << 13;
const SLOTS = MAX_SIZE * 2;

export class ShortWords {
  readonly #words = new Uint32Array(SLOTS * WORDS);
  /** The number plus one; 0 in a free slot. */
  readonly #numbers = new Uint32Array(SLOTS);
  #size = 0;

  /**
   * The number of the `length` bytes at `start`, or -1. There must be SHORT_BYTES readable ones, and none of a string that was added may be
   * zero: then strings of two lengths have different words.
   */
  find(view: DataView, start: number, length: number): number {
    const words = this.#words;
    const mask = length * WORDS;
    const first = view.getUint32(start, true) & (MASKS[mask] as number);
    const second = view.getUint32(start + 4, true) & (MASKS[mask + 1] as number);
    const third = view.getUint32(start + 8, true) & (MASKS[mask + 2] as number);
    const fourth = view.getUint32(start + 12, true) & (MASKS[mask + 3] as number);
    let slot = slotOf(first, second, third, fourth);
    for (let held = this.#numbers[slot] as number; held !== 0; held = this.#numbers[slot] as number) {
      const at = slot * WORDS;
      if (
        (words[at] as number) === first >>> 0 &&
        (words[at + 1] as number) === second >>> 0 &&
        (words[at + 2] as number) === third >>> 0 &&
        (words[at + 3] as number) === fourth >>> 0
      ) {
        return held - 1;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return -1;
  }

  /** Of bytes that are not here yet; nothing happens once there are many. */
  add(bytes: Uint8Array, number: number): void {
    if (this.#size === MAX_SIZE || bytes.length > SHORT_BYTES || bytes.includes(0)) return;
    const padded = new Uint8Array(SHORT_BYTES);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    const [first, second, third, fourth] = [0, 4, 8, 12].map((at) => view.getUint32(at, true)) as [
      number,
      number,
      number,
      number,
    ];
    let slot = slotOf(first, second, third, fourth);
    while (this.#numbers[slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
    this.#words.set([first, second, third, fourth], slot * WORDS);
    this.#numbers[slot] = number + 1;
    this.#size++;
  }
}

// A partner may choose labels that meet in one slot; there are at most a few thousand of them here.
function slotOf(first: number, second: number, third: number, fourth: number): number {
  let hash = Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ third, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ fourth, 0x27d4eb2f);
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}
