// Checking Merkle proofs. Index, sizes and hashes are the attacker's to choose: every function answers, none throws.
import { bytesEqual } from './bytes.ts';
import { EMPTY_ROOT, HASH_BYTES, type Hash, inclusionRanges, nodeHash, splitOf } from './merkle.ts';

export interface InclusionClaim {
  readonly leafHash: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}

/** RFC 9162 section 2.1.3.2. */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { leafHash, index, size, root, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leafHash, root, ...proof])) return false;
  const computed = rootFromInclusion({ leafHash, index, start: 0, end: size, proof });
  return computed !== undefined && bytesEqual(computed, root);
}

/** An entry is in the subtree D[start:end] whose hash is given; the subtree must be a valid one (see `isValidSubtree`). */
export function verifySubtreeInclusion(
  claim: Omit<InclusionClaim, 'size' | 'root'> & { start: number; end: number; subtreeHash: Hash },
): boolean {
  const { leafHash, index, start, end, proof, subtreeHash } = claim;
  if (!isCount(index) || !isValidSubtreeOf(start, end) || index < start || index >= end) return false;
  if (!areHashes([leafHash, subtreeHash, ...proof])) return false;
  const computed = rootFromInclusion({ leafHash, index, start, end, proof });
  return computed !== undefined && bytesEqual(computed, subtreeHash);
}

export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly newSize: number;
  readonly newRoot: Hash;
  readonly proof: readonly Hash[];
}

/** RFC 9162 section 2.1.4.2: the old tree is a prefix of the new one. From the empty tree nothing is proven but its root. */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false;
  if (!areHashes([oldRoot, newRoot, ...proof])) return false;
  if (oldSize === newSize) return proof.length === 0 && bytesEqual(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && bytesEqual(oldRoot, EMPTY_ROOT);
  return verifySubtreeConsistency({
    start: 0,
    end: oldSize,
    subtreeHash: oldRoot,
    size: newSize,
    root: newRoot,
    proof,
  });
}

/** The subtree D[start:end] is part of the tree of `size` leaves. */
export function verifySubtreeConsistency(claim: {
  start: number;
  end: number;
  subtreeHash: Hash;
  size: number;
  root: Hash;
  proof: readonly Hash[];
}): boolean {
  const { start, end, subtreeHash, size, root, proof } = claim;
  if (!isCount(size) || !isValidSubtreeOf(start, end) || start === end || end > size) return false;
  if (!areHashes([subtreeHash, root, ...proof])) return false;
  const rest = [...proof];
  const computed = foldConsistency({ start, end, low: 0, high: size, known: subtreeHash }, rest);
  if (computed === undefined || rest.length > 0) return false;
  return bytesEqual(computed.subtree, subtreeHash) && bytesEqual(computed.tree, root);
}

/** start = 0, or start = end, or start is a multiple of the smallest power of two >= end − start. */
export function isValidSubtree(range: { start: number; end: number }): boolean {
  return isValidSubtreeOf(range.start, range.end);
}

function isValidSubtreeOf(start: number, end: number): boolean {
  if (!isCount(start) || !isCount(end) || start > end) return false;
  if (start === 0 || start === end) return true;
  let width = 1;
  while (width < end - start) width *= 2;
  return start % width === 0;
}

function rootFromInclusion(of: {
  leafHash: Hash;
  index: number;
  start: number;
  end: number;
  proof: readonly Hash[];
}): Hash | undefined {
  const siblings = inclusionRanges(of);
  if (siblings.length !== of.proof.length) return undefined;
  return siblings.reduce((hash, sibling, i) => {
    const other = of.proof[i]!;
    return sibling.start > of.index ? nodeHash(hash, other) : nodeHash(other, hash);
  }, of.leafHash);
}

interface ConsistencyWalk {
  readonly start: number;
  readonly end: number;
  readonly low: number;
  readonly high: number;
  /** The subtree's claimed hash, as long as the walk has not split the subtree; afterwards the proof must give its parts. */
  readonly known: Hash | undefined;
}

// Rebuilds the subtree's hash and the tree's hash at once, from the root down; takes the proof's hashes from its end.
function foldConsistency(walk: ConsistencyWalk, rest: Hash[]): { subtree: Hash; tree: Hash } | undefined {
  const { start, end, low, high, known } = walk;
  if (start === low && end === high) {
    const hash = known ?? rest.pop();
    return hash && { subtree: hash, tree: hash };
  }
  const middle = low + splitOf(high - low);
  const sibling = rest.pop();
  if (sibling === undefined) return undefined;
  if (end <= middle) {
    const below = foldConsistency({ ...walk, high: middle }, rest);
    return below && { subtree: below.subtree, tree: nodeHash(below.tree, sibling) };
  }
  const isSplit = start < middle;
  const below = foldConsistency(
    { start: Math.max(start, middle), end, low: middle, high, known: isSplit ? undefined : known },
    rest,
  );
  if (below === undefined) return undefined;
  const subtree = isSplit ? nodeHash(sibling, below.subtree) : below.subtree;
  return { subtree, tree: nodeHash(sibling, below.tree) };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(hashes: readonly Hash[]): boolean {
  return hashes.every((hash) => hash instanceof Uint8Array && hash.length === HASH_BYTES);
}
