// Distinct byte strings numbered from 0 in order of arrival: categories, consent cells, activation ids.
// Open addressing over typed arrays; strings of the file become JavaScript strings only once each.

export class ByteDictionary {
  #arena = Buffer.allocUnsafe(1 << 16);
  #used = 0;
  #starts = new Uint32Array(1_025);
  #hashes = new Uint32Array(1_024);
  #slots = new Int32Array(4_096).fill(-1);
  size = 0;

  /** The number of the bytes, or `~number` when they were unknown until now. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashOf(bytes, start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let id = this.#slots[slot] as number; id !== -1; id = this.#slots[slot] as number) {
      if (this.#hashes[id] === hash && this.#equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    this.#slots[slot] = this.size;
    this.#append(bytes, start, end, hash);
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return ~(this.size - 1);
  }

  text(id: number): string {
    return this.#arena.toString('utf8', this.#starts[id], this.#starts[id + 1]);
  }

  bytes(id: number): Uint8Array {
    return this.#arena.subarray(this.#starts[id], this.#starts[id + 1]);
  }

  clear(): void {
    this.#slots.fill(-1);
    this.#used = 0;
    this.size = 0;
  }

  #equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#starts[id] as number;
    const length = end - start;
    if ((this.#starts[id + 1] as number) - at !== length) return false;
    for (let i = 0; i < length; i++) if (this.#arena[at + i] !== bytes[start + i]) return false;
    return true;
  }

  #append(bytes: Uint8Array, start: number, end: number, hash: number): void {
    const length = end - start;
    if (this.#used + length > this.#arena.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#used + length, this.#arena.length * 2));
      this.#arena.copy(grown, 0, 0, this.#used);
      this.#arena = grown;
    }
    if (this.size + 2 > this.#starts.length) {
      const starts = new Uint32Array(this.#starts.length * 2);
      starts.set(this.#starts);
      const hashes = new Uint32Array(this.#starts.length * 2);
      hashes.set(this.#hashes);
      this.#starts = starts;
      this.#hashes = hashes;
    }
    for (let i = 0; i < length; i++) this.#arena[this.#used + i] = bytes[start + i] as number;
    this.#used += length;
    this.#hashes[this.size] = hash;
    this.#starts[this.size + 1] = this.#used;
    this.size++;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = (this.#hashes[id] as number) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
