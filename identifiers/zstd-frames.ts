// Cuts a Zstandard stream at the ends of its frames (RFC 8878, section 3.1). A file may hold several frames one after
// another, and Node's decompressor drops without a word what stands behind a frame's end in the same piece.

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const RUN_LENGTH_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** The same bytes in pieces of which none holds bytes of two frames. Checks nothing: the decompressor does. */
export async function* cutAtFrames(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const walk = new FrameWalk();
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length; ) {
      const end = walk.endWithin(chunk, start);
      yield chunk.subarray(start, end);
      start = end;
    }
  }
}

type Part = 'magic' | 'skippable' | 'block';

class FrameWalk {
  #part: Part = 'magic';
  #head: number[] = [];
  #wanted = 5;
  #toPass = 0;
  #ends = false;
  #checksumBytes = 0;

  /** Where this frame ends in the chunk, or the chunk's own end. */
  endWithin(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      if (this.#toPass > 0) {
        const step = Math.min(this.#toPass, chunk.length - at);
        this.#toPass -= step;
        at += step;
      } else {
        this.#head.push(chunk[at++] as number);
        if (this.#head.length === this.#wanted) this.#readHead();
      }
      if (!this.#ends || this.#toPass > 0) continue;
      this.#ends = false;
      this.#expect('magic', 5);
      return at;
    }
    return at;
  }

  #readHead(): void {
    if (this.#part === 'magic') this.#readMagic();
    else if (this.#part === 'skippable') {
      this.#toPass = littleEndian(this.#head.slice(4));
      this.#ends = true;
    } else this.#readBlock();
  }

  #readMagic(): void {
    const magic = littleEndian(this.#head.slice(0, 4));
    if (magic - (magic % 16) === SKIPPABLE_MAGIC) {
      this.#part = 'skippable';
      this.#wanted = 8;
      return;
    }
    const descriptor = this.#head[4] as number;
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const contentSize = descriptor >> 6 === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[descriptor >> 6] as number);
    this.#checksumBytes = (descriptor & 0x04) === 0 ? 0 : 4;
    const rest = (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 0x03] as number) + contentSize;
    this.#toPass = magic === MAGIC ? rest : Number.POSITIVE_INFINITY;
    this.#expect('block', 3);
  }

  #readBlock(): void {
    const header = littleEndian(this.#head);
    const type = (header >> 1) & 0x03;
    this.#ends = (header & 0x01) === 1;
    this.#toPass = type === RUN_LENGTH_BLOCK ? 1 : header >> 3;
    if (type === RESERVED_BLOCK) this.#toPass = Number.POSITIVE_INFINITY;
    if (this.#ends) this.#toPass += this.#checksumBytes;
    this.#expect('block', 3);
  }

  #expect(part: Part, bytes: number): void {
    this.#part = part;
    this.#head = [];
    this.#wanted = bytes;
  }
}

function littleEndian(bytes: readonly number[]): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
