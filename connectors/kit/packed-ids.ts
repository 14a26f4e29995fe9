// Ids of one batch as the bytes they are, in blocks: a million of them are no million objects for the collector of garbage to walk.

const BLOCK_BYTES = 1_048_576;
const FIRST_CAPACITY = 4_096;
/** A few are put in order by comparing them; more, by the numbers that their bytes are. */
const FEW = 24;
const KEY_BYTES = 4;
/** Room for a place beside a key of four bytes, in the 53 bits that a number holds exactly. */
export const MAX_PACKED_IDS = 2 ** 20;
/** At three bytes a character, its length in bytes fits into two. */
export const MAX_PACKED_ID_LENGTH = 21_845;

export class PackedIds {
  readonly #blocks: Buffer[] = [];
  #starts = new Uint32Array(FIRST_CAPACITY);
  #lengths = new Uint16Array(FIRST_CAPACITY);
  /** Free from here on, in the last block. */
  #freeFrom = 0;
  size = 0;

  /** Of well-formed text no longer than MAX_PACKED_ID_LENGTH, and no more than MAX_PACKED_IDS of them. */
  push(id: string): void {
    if (this.size === MAX_PACKED_IDS) throw new RangeError('a batch holds no more ids');
    if (this.size === this.#starts.length) this.#grow();
    if (this.#blocks.length === 0 || this.#freeFrom + id.length * 3 > BLOCK_BYTES) {
      this.#blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      this.#freeFrom = 0;
    }
    const length = this.#blocks.at(-1)!.write(id, this.#freeFrom, 'utf8');
    this.#starts[this.size] = (this.#blocks.length - 1) * BLOCK_BYTES + this.#freeFrom;
    this.#lengths[this.size++] = length;
    this.#freeFrom += length;
  }

  at(place: number): string {
    const start = this.#starts[place]!;
    const from = start % BLOCK_BYTES;
    return this.#blockOf(start).toString('utf8', from, from + this.#lengths[place]!);
  }

  /** Below zero where the first comes before the second, by their bytes. */
  compare(left: number, right: number): number {
    const [leftStart, rightStart] = [this.#starts[left]!, this.#starts[right]!];
    const [leftFrom, rightFrom] = [leftStart % BLOCK_BYTES, rightStart % BLOCK_BYTES];
    const rightTo = rightFrom + this.#lengths[right]!;
    const leftTo = leftFrom + this.#lengths[left]!;
    return this.#blockOf(leftStart).compare(this.#blockOf(rightStart), rightFrom, rightTo, leftFrom, leftTo);
  }

  /** Places in ascending order of the ids' bytes; of the same id, in the order in which it came. */
  sorted(): Uint32Array {
    const places = new Uint32Array(this.size);
    for (let place = 0; place < this.size; place++) places[place] = place;
    this.#sort(places, 0);
    return places;
  }

  /** Of ids that have their first `depth` bytes in common. */
  #sort(places: Uint32Array, depth: number): void {
    if (places.length <= FEW) {
      this.#sortFew(places);
      return;
    }
    const alike = this.#alikeBytes(places, depth);
    const ended = this.#endedFirst(places, alike);
    const rest = places.subarray(ended);
    const came = rest.slice();
    const keys = new Float64Array(came.length);
    for (let at = 0; at < keys.length; at++) keys[at] = this.#keyOf(came[at]!, alike) * MAX_PACKED_IDS + at;
    keys.sort();
    let from = 0;
    for (let at = 0; at < keys.length; at++) {
      rest[at] = came[keys[at]! % MAX_PACKED_IDS]!;
      const isLastOfRun = at + 1 === keys.length || keyIn(keys[at + 1]!) !== keyIn(keys[at]!);
      if (!isLastOfRun) continue;
      if (at > from) this.#sort(rest.subarray(from, at + 1), alike);
      from = at + 1;
    }
  }

  /** By insertion, so that equals stay as they came. */
  #sortFew(places: Uint32Array): void {
    for (let at = 1; at < places.length; at++) {
      const place = places[at]!;
      let to = at;
      for (; to > 0 && this.compare(places[to - 1]!, place) > 0; to--) places[to] = places[to - 1]!;
      places[to] = place;
    }
  }

  /** How many bytes from the beginning all of them have in common, of which `depth` are known. */
  #alikeBytes(places: Uint32Array, depth: number): number {
    const first = places[0]!;
    let alike = this.#lengths[first]!;
    for (const place of places) {
      alike = Math.min(alike, this.#lengths[place]!);
      let at = depth;
      while (at < alike && this.#byteAt(place, at) === this.#byteAt(first, at)) at++;
      alike = Math.min(alike, at);
    }
    return alike;
  }

  /** Those that end where the others go on come first; how many they are. */
  #endedFirst(places: Uint32Array, alike: number): number {
    const isEnded = (place: number): boolean => this.#lengths[place] === alike;
    const ended = places.filter(isEnded);
    if (ended.length === 0) return 0;
    const others = places.filter((place) => !isEnded(place));
    places.set(ended);
    places.set(others, ended.length);
    return ended.length;
  }

  /** The next bytes as a number; an id that ends among them goes on with zeros, and is told apart at the next depth. */
  #keyOf(place: number, depth: number): number {
    let key = 0;
    for (let at = depth; at < depth + KEY_BYTES; at++) key = key * 256 + this.#byteAt(place, at);
    return key;
  }

  #byteAt(place: number, at: number): number {
    if (at >= this.#lengths[place]!) return 0;
    const start = this.#starts[place]! + at;
    return this.#blockOf(start)[start % BLOCK_BYTES]!;
  }

  #blockOf(start: number): Buffer {
    return this.#blocks[Math.floor(start / BLOCK_BYTES)]!;
  }

  #grow(): void {
    const [starts, lengths] = [this.#starts, this.#lengths];
    this.#starts = new Uint32Array(starts.length * 2);
    this.#lengths = new Uint16Array(lengths.length * 2);
    this.#starts.set(starts);
    this.#lengths.set(lengths);
  }
}

const keyIn = (keyed: number): number => Math.floor(keyed / MAX_PACKED_IDS);
