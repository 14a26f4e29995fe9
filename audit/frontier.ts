// The right edge of a growing tree: enough to append a leaf and know the root without reading any earlier leaf.
import { EMPTY_ROOT, type Hash, nodeHash } from './merkle.ts';

/** The roots of the perfect subtrees that the size's binary digits stand for, largest first. */
export interface Frontier {
  readonly size: number;
  readonly peaks: readonly Hash[];
}

/** A perfect subtree that an append completed: the leaves [index·2^level, (index+1)·2^level). */
export interface CompletedNode {
  readonly level: number;
  readonly index: number;
  readonly hash: Hash;
}

export const EMPTY_FRONTIER: Frontier = { size: 0, peaks: [] };

/** Adds one leaf hash; about one hash a leaf. `completed` begins with the leaf itself at level 0. */
export function appendLeaf(frontier: Frontier, leaf: Hash): { frontier: Frontier; completed: CompletedNode[] } {
  const peaks = [...frontier.peaks];
  const completed: CompletedNode[] = [{ level: 0, index: frontier.size, hash: leaf }];
  let [hash, level] = [leaf, 0];
  for (let rest = frontier.size; rest % 2 === 1; rest = (rest - 1) / 2) {
    hash = nodeHash(peaks.pop()!, hash);
    level += 1;
    completed.push({ level, index: Math.floor(frontier.size / 2 ** level), hash });
  }
  return { frontier: { size: frontier.size + 1, peaks: [...peaks, hash] }, completed };
}

/** The root of the tree behind this edge. */
export function rootOf(frontier: Frontier): Hash {
  const [last, ...larger] = [...frontier.peaks].reverse();
  return last === undefined ? EMPTY_ROOT : larger.reduce((right, left) => nodeHash(left, right), last);
}

/** How many peaks a frontier of this size has: the ones of the size in binary. */
export function peakCount(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
