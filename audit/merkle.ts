// The Merkle tree of RFC 6962 section 2.1 / RFC 9162 section 2.1: hashes, roots and the proofs a log hands out.
import { AuditError } from './audit-error.ts';
import { sha256 } from './sha256.ts';

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;

/** The leaves `start <= i < end`. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

export const HASH_BYTES = 32;

/** MTH({}) = SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array(0));

/** SHA-256(0x00 ‖ entry): the prefix keeps an entry from passing as an inner node. */
export function leafHash(entry: Uint8Array): Hash {
  const prefixed = new Uint8Array(1 + entry.length);
  prefixed.set(entry, 1);
  return sha256(prefixed);
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Hash, right: Hash): Hash {
  const prefixed = new Uint8Array(1 + left.length + right.length);
  prefixed[0] = 1;
  prefixed.set(left, 1);
  prefixed.set(right, 1 + left.length);
  return sha256(prefixed);
}

/** MTH over leaf hashes (see `leafHash`), not over entries. */
export function treeHash(leafHashes: readonly Hash[]): Hash {
  return rangeHash(leafHashes, { start: 0, end: leafHashes.length });
}

/** MTH(D[start:end]). Throws `range_invalid` when the range is outside the leaves. */
export function rangeHash(leafHashes: readonly Hash[], range: LeafRange): Hash {
  const { start, end } = range;
  assertRange(range, leafHashes.length);
  if (start === end) return EMPTY_ROOT;
  if (end - start === 1) return leafHashes[start]!;
  const middle = start + splitOf(end - start);
  return nodeHash(rangeHash(leafHashes, { start, end: middle }), rangeHash(leafHashes, { start: middle, end }));
}

/** PATH(index, D[n]) from the leaf's sibling up to the root's child. */
export function inclusionProof(leafHashes: readonly Hash[], index: number): Hash[] {
  return inclusionRanges({ index, start: 0, end: leafHashes.length }).map((range) => rangeHash(leafHashes, range));
}

/** PROOF(oldSize, D[n]); empty for the empty tree and for the same tree. */
export function consistencyProof(leafHashes: readonly Hash[], oldSize: number): Hash[] {
  return consistencyRanges({ oldSize, newSize: leafHashes.length }).map((range) => rangeHash(leafHashes, range));
}

/** Which ranges an inclusion proof within D[start:end] is made of, leaf side first: for whoever stores hashes elsewhere. */
export function inclusionRanges(of: { index: number; start: number; end: number }): LeafRange[] {
  const { index } = of;
  let { start, end } = of;
  assertRange({ start, end }, Number.MAX_SAFE_INTEGER);
  if (!Number.isSafeInteger(index) || index < start || index >= end) throw rangeError('the index is outside the tree');
  const siblings: LeafRange[] = [];
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    siblings.push(index < middle ? { start: middle, end } : { start, end: middle });
    if (index < middle) end = middle;
    else start = middle;
  }
  return siblings.reverse();
}

/** Which ranges a consistency proof is made of, in its order. */
export function consistencyRanges(of: { oldSize: number; newSize: number }): LeafRange[] {
  const { oldSize, newSize } = of;
  assertRange({ start: 0, end: oldSize }, newSize);
  return oldSize === 0 ? [] : subtreeConsistencyRanges({ start: 0, end: oldSize, size: newSize });
}

/** The walk of SUBPROOF (RFC 9162 section 2.1.4.1), for any valid subtree [start, end) of a tree of `size` leaves. */
export function subtreeConsistencyRanges(of: { start: number; end: number; size: number }): LeafRange[] {
  const { start, end } = of;
  let [low, high] = [0, of.size];
  let [isWhole, known] = [false, true];
  const ranges: LeafRange[] = [];
  while (!isWhole) {
    // What lies left of `low` is a sibling already listed, so the subtree within [low, high) begins at max(start, low).
    const from = Math.max(start, low);
    isWhole = from === low && end === high;
    if (isWhole) break;
    const middle = low + splitOf(high - low);
    if (end <= middle) {
      ranges.push({ start: middle, end: high });
      high = middle;
    } else {
      ranges.push({ start: low, end: middle });
      // The subtree reaches over the split: its hash is no longer at hand below, so the remainder must be listed too.
      if (from < middle) known = false;
      low = middle;
    }
  }
  if (!known) ranges.push({ start: low, end: high });
  return ranges.reverse();
}

/** The largest power of two smaller than `size`, for size > 1. */
export function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

export function assertRange(range: LeafRange, size: number): void {
  const { start, end } = range;
  if (![start, end, size].every((bound) => Number.isSafeInteger(bound) && bound >= 0) || start > end || end > size)
    throw rangeError(`[${start}, ${end}) is no range of a tree of ${size} leaves`);
}

function rangeError(message: string): AuditError {
  return new AuditError('range_invalid', message);
}
