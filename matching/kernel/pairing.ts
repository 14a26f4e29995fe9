// Which candidate pairs become pairs. One to one: type by type, in ascending order of left and then right person, a
// pair is taken when both its ends are free. Many: each distinct pair once, under its strongest type.
import { PersonSet } from './key-file.ts';
import { sortByLeft } from './pair-order.ts';
import { Uint32Vector } from './vector.ts';

/** In ascending order of the left person. */
export interface Pairs {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  /** Place of the type in the declared order. */
  readonly rank: Uint8Array;
}

/** Candidate pairs of one identifier type, in any order, repeated or not; quickest where the left persons ascend. */
export interface Candidates {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
}

export function pairOneToOne(types: readonly Candidates[]): Pairs {
  const taken = { left: new PersonSet(), right: new PersonSet() };
  return merged(types.map((edges) => takeFreePairs(sortByLeft(edges), taken)));
}

interface Taken {
  readonly left: PersonSet;
  readonly right: PersonSet;
}

function takeFreePairs({ left, right }: Candidates, taken: Taken): Candidates {
  const found = { left: new Uint32Array(left.length), right: new Uint32Array(left.length) };
  let count = 0;
  for (let from = 0, to = 0; from < left.length; from = to) {
    const person = left[from] as number;
    to = from + 1;
    while (to < left.length && left[to] === person) to++;
    if (taken.left.has(person)) continue;
    const partner = to === from + 1 ? (right[from] as number) : freeOf(right.slice(from, to).sort(), taken.right);
    if (partner === undefined || !taken.right.add(partner)) continue;
    taken.left.add(person);
    found.left[count] = person;
    found.right[count++] = partner;
  }
  return { left: found.left.subarray(0, count), right: found.right.subarray(0, count) };
}

function freeOf(rights: Uint32Array, taken: PersonSet): number | undefined {
  return rights.find((person) => !taken.has(person));
}

/** Each list ascends, and no left person stands in two of them. */
function merged(lists: readonly Candidates[]): Pairs {
  const count = lists.reduce((sum, { left }) => sum + left.length, 0);
  const pairs = { left: new Uint32Array(count), right: new Uint32Array(count), rank: new Uint8Array(count) };
  const next = new Uint32Array(lists.length);
  for (let n = 0; n < count; n++) {
    let rank = -1;
    let person = 0;
    for (let list = 0; list < lists.length; list++) {
      const { left } = lists[list] as Candidates;
      const at = next[list] as number;
      if (at === left.length || (rank >= 0 && (left[at] as number) > person)) continue;
      rank = list;
      person = left[at] as number;
    }
    pairs.left[n] = person;
    pairs.right[n] = (lists[rank] as Candidates).right[next[rank] as number] as number;
    pairs.rank[n] = rank;
    next[rank] = (next[rank] as number) + 1;
  }
  return pairs;
}

export function pairMany(types: readonly Candidates[]): Pairs {
  const found = { left: new Uint32Vector(), right: new Uint32Vector(), rank: new Uint32Vector() };
  const sorted = types.map(sortByLeft);
  const next = sorted.map(() => 0);
  for (;;) {
    let person = Number.POSITIVE_INFINITY;
    sorted.forEach(({ left }, rank) => {
      if ((next[rank] as number) < left.length) person = Math.min(person, left[next[rank] as number] as number);
    });
    if (person === Number.POSITIVE_INFINITY) break;
    // A person has a handful of keys, so a set of this size costs less than sorting all pairs at once.
    const seen = new Set<number>();
    sorted.forEach(({ left, right }, rank) => {
      const from = next[rank] as number;
      let to = from;
      while (to < left.length && left[to] === person) to++;
      next[rank] = to;
      for (const other of right.slice(from, to).sort()) {
        if (seen.has(other)) continue;
        seen.add(other);
        found.left.push(person);
        found.right.push(other);
        found.rank.push(rank);
      }
    });
  }
  const { length } = found.left;
  return {
    left: found.left.items.slice(0, length),
    right: found.right.items.slice(0, length),
    rank: Uint8Array.from(found.rank.items.subarray(0, length)),
  };
}
