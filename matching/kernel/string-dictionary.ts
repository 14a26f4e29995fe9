// Distinct long strings numbered from 1 in order of arrival, such as TC strings of some hundred bytes. Hashes a sample of the bytes and
// compares the whole by one native call, so that a row costs about the same whatever the length of its string.

export class StringDictionary {
  readonly #strings: Buffer[] = [Buffer.alloc(0)];
  #hashes = new Uint32Array(1_024);
  #slots = new Int32Array(4_096).fill(-1);

  /** With the empty string, which is 0. */
  get size(): number {
    return this.#strings.length;
  }

  numberOf(bytes: Buffer, start: number, end: number): number {
    const hash = sampledHash(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let n = this.#slots[slot] as number; n !== -1; n = this.#slots[slot] as number) {
      if (this.#hashes[n] === hash && isEqual(this.#strings[n] as Buffer, bytes, start, end)) return n;
      slot = (slot + 1) & mask;
    }
    const number = this.#strings.length;
    this.#slots[slot] = number;
    this.#strings.push(Buffer.from(bytes.subarray(start, end)));
    this.#keepHash(number, hash);
    return number;
  }

  bytes(number: number): Buffer {
    return this.#strings[number] as Buffer;
  }

  #keepHash(number: number, hash: number): void {
    if (number === this.#hashes.length) {
      const hashes = new Uint32Array(number * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#hashes[number] = hash;
    if (number * 2 < this.#slots.length) return;
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let n = 1; n < this.#strings.length; n++) {
      let slot = (this.#hashes[n] as number) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = n;
    }
    this.#slots = slots;
  }
}

function isEqual(known: Buffer, bytes: Buffer, start: number, end: number): boolean {
  return known.length === end - start && bytes.compare(known, 0, known.length, start, end) === 0;
}

/** The first and last bytes, in which strings of one platform differ most, and every seventh between them. */
function sampledHash(bytes: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start);
  const head = Math.min(end, start + 24);
  const tail = Math.max(head, end - 24);
  for (let at = start; at < head; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  for (let at = head; at < tail; at += 7) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  for (let at = tail; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
