// Which candidate pairs become pairs. One to one: type by type, in ascending order of left and then right person, a
// pair is taken when both its ends are free. Many: each distinct pair once, under its strongest type.
import { Uint32Vector } from './vector.ts';

/** In ascending order of the left person. */
export interface Pairs {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  /** Place of the type in the declared order. */
  readonly rank: Uint8Array;
}

/** Candidate pairs of one identifier type, in any order, repeated or not. */
export interface Candidates {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

const FREE = 0xffffffff;

export function pairOneToOne(types: readonly Candidates[]): Pairs {
  const lefts = types.some((edges) => edges.left.length > 0) ? 1 + largest(types.map((edges) => edges.left)) : 0;
  const partners = new Uint32Array(lefts).fill(FREE);
  const ranks = new Uint8Array(lefts);
  const rightTaken = new Uint8Array(1 + largest(types.map((edges) => edges.right)));
  let count = 0;
  types.forEach((edges, rank) => {
    count += takeFreePairs(byLeft(edges), { partners, ranks, rightTaken, rank });
  });
  return gatherPairs(partners, ranks, count);
}

interface Taken {
  /** Of each left person the right one, or FREE. */
  readonly partners: Uint32Array;
  readonly ranks: Uint8Array;
  readonly rightTaken: Uint8Array;
  readonly rank: number;
}

function takeFreePairs({ starts, rights }: SortedEdges, { partners, ranks, rightTaken, rank }: Taken): number {
  let count = 0;
  for (let left = 0; left + 1 < starts.length; left++) {
    const from = starts[left] as number;
    const to = starts[left + 1] as number;
    if (from === to || partners[left] !== FREE) continue;
    if (to - from > 1) rights.subarray(from, to).sort();
    for (let at = from; at < to; at++) {
      const right = rights[at] as number;
      if (rightTaken[right] === 1) continue;
      rightTaken[right] = 1;
      partners[left] = right;
      ranks[left] = rank;
      count++;
      break;
    }
  }
  return count;
}

function gatherPairs(partners: Uint32Array, ranks: Uint8Array, count: number): Pairs {
  const pairs = { left: new Uint32Array(count), right: new Uint32Array(count), rank: new Uint8Array(count) };
  let next = 0;
  for (let left = 0; left < partners.length; left++) {
    const right = partners[left] as number;
    if (right === FREE) continue;
    pairs.left[next] = left;
    pairs.right[next] = right;
    pairs.rank[next++] = ranks[left] as number;
  }
  return pairs;
}

export function pairMany(types: readonly Candidates[]): Pairs {
  const found = new FoundPairs();
  const sorted = types.map(byLeft);
  const lefts = Math.max(0, ...sorted.map(({ starts }) => starts.length - 1));
  for (let left = 0; left < lefts; left++) {
    // A person has a handful of keys, so a set of this size costs less than sorting all pairs at once.
    const seen = new Set<number>();
    sorted.forEach(({ starts, rights }, rank) => {
      if (left + 1 >= starts.length) return;
      for (const right of rights.subarray(starts[left], starts[left + 1]).sort()) {
        if (!seen.has(right)) found.add(left, right, rank);
        seen.add(right);
      }
    });
  }
  return found.pairs();
}

class FoundPairs {
  readonly #left = new Uint32Vector();
  readonly #right = new Uint32Vector();
  readonly #rank = new Uint32Vector();

  add(left: number, right: number, rank: number): void {
    this.#left.push(left);
    this.#right.push(right);
    this.#rank.push(rank);
  }

  pairs(): Pairs {
    const length = this.#left.length;
    return {
      left: this.#left.items.slice(0, length),
      right: this.#right.items.slice(0, length),
      rank: Uint8Array.from(this.#rank.items.subarray(0, length)),
    };
  }
}

interface SortedEdges {
  readonly starts: Uint32Array;
  readonly rights: Uint32Array;
}

/** A counting sort: the right persons of each left person stand between two starts. */
function byLeft({ left: lefts, right }: Candidates): SortedEdges {
  const { length } = lefts;
  if (length === 0) return { starts: new Uint32Array(1), rights: new Uint32Array(0) };
  const starts = new Uint32Array(largest([lefts]) + 2);
  for (let n = 0; n < length; n++) {
    const after = (lefts[n] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let left = 1; left < starts.length; left++) {
    starts[left] = (starts[left] as number) + (starts[left - 1] as number);
  }
  const next = starts.slice();
  const rights = new Uint32Array(length);
  for (let n = 0; n < length; n++) {
    const left = lefts[n] as number;
    const at = next[left] as number;
    rights[at] = right[n] as number;
    next[left] = at + 1;
  }
  return { starts, rights };
}

function largest(lists: readonly Uint32Array[]): number {
  let max = 0;
  for (const list of lists) {
    for (let n = 0; n < list.length; n++) if ((list[n] as number) > max) max = list[n] as number;
  }
  return max;
}
