// Changes of one batch as packed digests, thirty-two bytes each, so that a million of them are no million objects.
import { DIGEST_BYTES } from './limits.ts';

const PART_DIGESTS = 8_192;

/** Each digest stands once. */
export class DigestChanges {
  readonly #digests: Buffer;
  readonly #isRemoval: Uint8Array;
  #count = 0;

  constructor(capacity: number) {
    this.#digests = Buffer.alloc(capacity * DIGEST_BYTES);
    this.#isRemoval = new Uint8Array(capacity);
  }

  push(digest: Buffer, isRemoval: boolean): void {
    digest.copy(this.#digests, this.#count * DIGEST_BYTES);
    this.#isRemoval[this.#count++] = isRemoval ? 1 : 0;
  }

  sorted(): SortedDigests {
    const digests = this.#digests;
    const leading = Float64Array.from({ length: this.#count }, (_, at) => digests.readUIntBE(at * DIGEST_BYTES, 6));
    const order = Uint32Array.from({ length: this.#count }, (_, at) => at).sort(
      (left, right) => leading[left]! - leading[right]! || compare(digests, left, right),
    );
    return new SortedDigests({ digests, isRemoval: this.#isRemoval, order });
  }
}

interface Packed {
  readonly digests: Buffer;
  readonly isRemoval: Uint8Array;
  /** Places in ascending order of their digests. */
  readonly order: Uint32Array;
}

/** Read once, from the least digest to the greatest, beside a sorted file. */
export class SortedDigests {
  readonly #packed: Packed;
  #next = 0;

  constructor(packed: Packed) {
    this.#packed = packed;
  }

  /** A chunk of the file as it is to be: with what is added before each of its digests, without what is removed. */
  mergedInto(chunk: Buffer): Buffer {
    const parts: Buffer[] = [];
    let keptFrom = 0;
    for (let at = 0; at < chunk.length; at += DIGEST_BYTES) {
      if (this.#comesFirst(chunk, at) < 0) continue;
      const from = this.#next;
      while (this.#comesFirst(chunk, at) > 0) this.#next++;
      const isSame = this.#comesFirst(chunk, at) === 0;
      if (isSame) this.#next++;
      parts.push(chunk.subarray(keptFrom, at), this.#added(from, this.#next));
      keptFrom = isSame ? at + DIGEST_BYTES : at;
    }
    return Buffer.concat([...parts, chunk.subarray(keptFrom)]);
  }

  /** What is added after the last digest of the file, in parts. */
  *rest(): Generator<Buffer> {
    const end = this.#packed.order.length;
    while (this.#next < end) {
      const from = this.#next;
      this.#next = Math.min(end, from + PART_DIGESTS);
      yield this.#added(from, this.#next);
    }
  }

  /** Above zero where the next change comes before the digest of the file, zero where it is the same. */
  #comesFirst(chunk: Buffer, at: number): number {
    const { digests, order } = this.#packed;
    const place = order[this.#next];
    if (place === undefined) return -1;
    const from = place * DIGEST_BYTES;
    return chunk.compare(digests, from, from + DIGEST_BYTES, at, at + DIGEST_BYTES);
  }

  /** The digests of these changes, removals left out. */
  #added(from: number, to: number): Buffer {
    const { digests, isRemoval, order } = this.#packed;
    const bytes = Buffer.alloc((to - from) * DIGEST_BYTES);
    let filled = 0;
    for (let at = from; at < to; at++) {
      const place = order[at]!;
      if (isRemoval[place] === 1) continue;
      digests.copy(bytes, filled, place * DIGEST_BYTES, (place + 1) * DIGEST_BYTES);
      filled += DIGEST_BYTES;
    }
    return bytes.subarray(0, filled);
  }
}

function compare(digests: Buffer, left: number, right: number): number {
  const [at, to] = [left * DIGEST_BYTES, right * DIGEST_BYTES];
  return digests.compare(digests, to, to + DIGEST_BYTES, at, at + DIGEST_BYTES);
}
