// Holds the changes of one batch while it fills, and hands them out sorted, each id once with its last change.
// Numbers are kept as numbers: sorting eight bytes a row is several times faster and smaller than sorting texts.
import { createHash } from 'node:crypto';

export interface SortedChanges {
  readonly added: number;
  readonly removed: number;
  /** SHA-256 over the changes, in hex. */
  readonly sha256: string;
  /** In ascending order of the ids. */
  forEach(visit: VisitChange): void;
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

/** A call for each row would cost more than its digest. */
const HASHED_CHARACTERS = 16_384;

/** For ids of any form, in code-unit order. */
export class TextWindow implements ChangeWindow {
  readonly #changes = new Map<string, Stated>();
  /** One object for each combination of purposes, not for each row. */
  readonly #stated = new Map<string, Stated>();
  size = 0;

  push(id: string, isRemoval: boolean, consent?: readonly string[]): void {
    this.size++;
    this.#changes.set(id, isRemoval ? REMOVED : consent === undefined ? ADDED : this.#addedWith(consent));
  }

  #addedWith(consent: readonly string[]): Stated {
    const purposes = [...new Set(consent)].sort();
    const mark = `+${JSON.stringify(purposes)}`;
    const stated = this.#stated.get(mark) ?? { isRemoval: false, consent: purposes, mark };
    this.#stated.set(mark, stated);
    return stated;
  }

  close(): SortedChanges {
    const ids = [...this.#changes.keys()].sort();
    const stated = (id: string): Stated => this.#changes.get(id) ?? ADDED;
    const hash = createHash('sha256');
    let removed = 0;
    let text = '';
    for (const id of ids) {
      const { isRemoval, mark } = stated(id);
      if (isRemoval) removed++;
      // An id may hold any character, a line break too: its length keeps two lists from reading alike.
      text += `${mark}${id.length}:${id}`;
      if (text.length < HASHED_CHARACTERS) continue;
      hash.update(text);
      text = '';
    }
    hash.update(text);
    const forEach: SortedChanges['forEach'] = (visit) => {
      for (const id of ids) {
        const { isRemoval, consent } = stated(id);
        visit(id, isRemoval, consent);
      }
    };
    return { added: ids.length - removed, removed, sha256: hash.digest('hex'), forEach };
  }
}

const FIRST_CAPACITY = 4_096;

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
    return { added: added.length, removed: removed.length, sha256: hash.digest('hex'), forEach };
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

const bytesOf = (ids: BigUint64Array): Uint8Array => new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength);
