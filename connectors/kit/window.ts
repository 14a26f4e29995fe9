// Holds the changes of one batch while it fills, and hands them out sorted, each id once with its last change.
// Numbers are kept as numbers and texts as their bytes: objects for each row would be several times as large, and slower to sort.
import { createHash } from 'node:crypto';
import { PackedIds } from './packed-ids.ts';

export interface SortedChanges {
  readonly added: number;
  readonly removed: number;
  /** SHA-256 over the changes, in hex. */
  readonly sha256: string;
  /** In ascending order of the ids. */
  forEach(visit: VisitChange): void;
  /** The ids that are added, in their order, one at a time: for bodies that are written as they are made. */
  additions(): Iterable<string>;
}

export type VisitChange = (id: string, isRemoval: boolean, consent: readonly string[] | undefined) => void;

export interface ChangeWindow {
  /** Changes taken so far, repeated ids counted again. */
  readonly size: number;
  push(id: string, isRemoval: boolean, consent?: readonly string[]): void;
  close(): SortedChanges;
}

/** What was last said of an id. */
interface Stated {
  readonly isRemoval: boolean;
  readonly consent: readonly string[] | undefined;
  /** Goes into the digest. */
  readonly mark: string;
}
const REMOVED: Stated = { isRemoval: true, consent: undefined, mark: '-' };
const ADDED: Stated = { isRemoval: false, consent: undefined, mark: '+' };

const FIRST_CAPACITY = 4_096;

/** A call for each row would cost more than its digest. */
const HASHED_CHARACTERS = 16_384;

/** For ids of any form, in the order of their bytes. */
export class TextWindow implements ChangeWindow {
  readonly #ids = new PackedIds();
  /** What was said of each, as its place among what is said at all: an object for each combination of purposes, not for each row. */
  #marks = new Uint16Array(FIRST_CAPACITY);
  readonly #stated: Stated[] = [REMOVED, ADDED];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#ids.size;
  }

  push(id: string, isRemoval: boolean, consent?: readonly string[]): void {
    const place = isRemoval ? 0 : consent === undefined ? 1 : this.#placeOf(consent);
    if (this.size === this.#marks.length) {
      const marks = new Uint16Array(this.#marks.length * 2);
      marks.set(this.#marks);
      this.#marks = marks;
    }
    this.#marks[this.size] = place;
    this.#ids.push(id);
  }

  #placeOf(consent: readonly string[]): number {
    const purposes = [...new Set(consent)].sort();
    const mark = `+${JSON.stringify(purposes)}`;
    const known = this.#places.get(mark);
    if (known !== undefined) return known;
    this.#places.set(mark, this.#stated.length);
    return this.#stated.push({ isRemoval: false, consent: purposes, mark }) - 1;
  }

  close(): SortedChanges {
    const lasts = this.#lastOfEach(this.#ids.sorted());
    const hash = createHash('sha256');
    let removed = 0;
    let text = '';
    const forEach: SortedChanges['forEach'] = (visit) => {
      for (const at of lasts) {
        const { isRemoval, consent } = this.#stated[this.#marks[at]!]!;
        visit(this.#ids.at(at), isRemoval, consent);
      }
    };
    for (const at of lasts) {
      const { isRemoval, mark } = this.#stated[this.#marks[at]!]!;
      const id = this.#ids.at(at);
      if (isRemoval) removed++;
      // An id may hold any character, a line break too: its length keeps two lists from reading alike.
      text += `${mark}${id.length}:${id}`;
      if (text.length < HASHED_CHARACTERS) continue;
      hash.update(text);
      text = '';
    }
    hash.update(text);
    return {
      ...{ added: lasts.length - removed, removed, sha256: hash.digest('hex'), forEach },
      additions: () => this.#additions(lasts),
    };
  }

  *#additions(places: Uint32Array): Generator<string> {
    for (const at of places) if (!this.#stated[this.#marks[at]!]!.isRemoval) yield this.#ids.at(at);
  }

  /** Of places whose ids are in order, the last of each id. */
  #lastOfEach(sorted: Uint32Array): Uint32Array {
    let kept = 0;
    for (let at = 0; at < sorted.length; at++) {
      const isLast = at + 1 === sorted.length || this.#ids.compare(sorted[at]!, sorted[at + 1]!) !== 0;
      if (isLast) sorted[kept++] = sorted[at]!;
    }
    return sorted.subarray(0, kept);
  }
}

/** For decimal unsigned 64-bit ids without leading zeros, in numeric order. Keeps no consent: no platform of numbers has a field for it. */
export class Uint64Window implements ChangeWindow {
  #ids = new BigUint64Array(FIRST_CAPACITY);
  #isRemoval = new Uint8Array(FIRST_CAPACITY);
  size = 0;

  push(id: string, isRemoval: boolean): void {
    if (this.size === this.#ids.length) this.#grow();
    this.#ids[this.size] = BigInt(id);
    this.#isRemoval[this.size] = isRemoval ? 1 : 0;
    this.size++;
  }

  close(): SortedChanges {
    let added = this.#sorted(0);
    let removed = this.#sorted(1);
    const disputed = inBoth(added, removed);
    if (disputed.size > 0) {
      const removals = this.#lastlyRemoved(disputed);
      added = added.filter((id) => !removals.has(id));
      removed = removed.filter((id) => !disputed.has(id) || removals.has(id));
    }
    const hash = createHash('sha256')
      .update(`+${added.length}-${removed.length}:`)
      .update(bytesOf(added))
      .update(bytesOf(removed));
    const forEach: SortedChanges['forEach'] = (visit) => merge(added, removed, visit);
    const counts = { added: added.length, removed: removed.length };
    return { ...counts, sha256: hash.digest('hex'), forEach, additions: () => texts(added) };
  }

  #grow(): void {
    const ids = new BigUint64Array(this.#ids.length * 2);
    const isRemoval = new Uint8Array(ids.length);
    ids.set(this.#ids);
    isRemoval.set(this.#isRemoval);
    this.#ids = ids;
    this.#isRemoval = isRemoval;
  }

  /** Ids of one kind of change, each once. */
  #sorted(kind: 0 | 1): BigUint64Array {
    const chosen = new BigUint64Array(this.size);
    let length = 0;
    for (let at = 0; at < this.size; at++) if (this.#isRemoval[at] === kind) chosen[length++] = this.#ids[at]!;
    const sorted = chosen.subarray(0, length).sort();
    let unique = 0;
    for (let at = 0; at < length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[unique++] = sorted[at]!;
    return sorted.subarray(0, unique);
  }

  #lastlyRemoved(disputed: ReadonlySet<bigint>): Set<bigint> {
    const removals = new Set<bigint>();
    for (let at = 0; at < this.size; at++) {
      const id = this.#ids[at]!;
      if (!disputed.has(id)) continue;
      if (this.#isRemoval[at] === 1) removals.add(id);
      else removals.delete(id);
    }
    return removals;
  }
}

function inBoth(left: BigUint64Array, right: BigUint64Array): Set<bigint> {
  const both = new Set<bigint>();
  for (let l = 0, r = 0; l < left.length && r < right.length; ) {
    if (left[l]! < right[r]!) l++;
    else if (left[l]! > right[r]!) r++;
    else {
      both.add(left[l++]!);
      r++;
    }
  }
  return both;
}

function merge(added: BigUint64Array, removed: BigUint64Array, visit: VisitChange): void {
  let r = 0;
  for (const id of added) {
    while (r < removed.length && removed[r]! < id) visit(String(removed[r++]), true, undefined);
    visit(String(id), false, undefined);
  }
  while (r < removed.length) visit(String(removed[r++]), true, undefined);
}

function* texts(ids: BigUint64Array): Generator<string> {
  for (const id of ids) yield String(id);
}

const bytesOf = (ids: BigUint64Array): Uint8Array => new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
