// Puts what one block left over in front of the next, always in the same buffer: a new one for each block would be a
// megabyte of work for the garbage collector.
import { BLOCK_BYTES } from '../limits.ts';

export class BlockJoiner {
  #buffer: Buffer;
  #start = 0;
  #end = 0;

  /** `buffer` is where blocks are put while they fit. */
  constructor(buffer: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES + (BLOCK_BYTES >>> 2))) {
    this.#buffer = buffer;
  }

  /** What is there and not used up; valid until the next block comes. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(block: Uint8Array): void {
    const rest = this.#end - this.#start;
    if (rest + block.length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow((rest + block.length) * 2);
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
    } else if (this.#start > 0) this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#buffer.set(block, rest);
    this.#start = 0;
    this.#end = rest + block.length;
  }

  use(bytes: number): void {
    this.#start += bytes;
  }
}
