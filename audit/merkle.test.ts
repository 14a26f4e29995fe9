// Rules of the tree: the published vectors, every proof up to 200 leaves, and no flipped bit passes.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findHex, hexOf } from './bytes.ts';
import { appendLeaf, EMPTY_FRONTIER, type Frontier, peakCount, rootOf } from './frontier.ts';
import {
  consistencyProof,
  consistencyRanges,
  EMPTY_ROOT,
  type Hash,
  inclusionProof,
  inclusionRanges,
  type LeafRange,
  leafHash,
  rangeHash,
  subtreeConsistencyRanges,
  treeHash,
} from './merkle.ts';
import {
  isValidSubtree,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from './merkle-verify.ts';

const LEAVES = Array.from({ length: 200 }, (_, i) => leafHash(Uint8Array.of(i)));
const ROOTS = Array.from({ length: 201 }, (_, size) => treeHash(LEAVES.slice(0, size)));

// Hashing each range once keeps the exhaustive tests short.
const remembered = new Map<number, Hash>();
function hashOf(range: LeafRange): Hash {
  const key = range.start * 1000 + range.end;
  const hash = remembered.get(key) ?? rangeHash(LEAVES, range);
  remembered.set(key, hash);
  return hash;
}

function textOf({ start, end }: LeafRange): string {
  return `${start}-${end}`;
}

function flipped(hash: Hash, bit: number): Hash {
  const copy = Uint8Array.from(hash);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

describe('the reference tree of the Certificate Transparency test data (RFC 6962)', () => {
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => leafHash(findHex(hex)!));
  test.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('the root of the first %d leaves', (size, root) => {
    expect(hexOf(treeHash(leaves.slice(0, size)))).toBe(root);
  });
});

test('the examples of RFC 6962 section 2.1.3, a tree of seven leaves', () => {
  const path = (index: number): string[] => inclusionRanges({ index, start: 0, end: 7 }).map(textOf);
  expect(path(0)).toEqual(['1-2', '2-4', '4-7']);
  expect(path(3)).toEqual(['2-3', '0-2', '4-7']);
  expect(path(4)).toEqual(['5-6', '6-7', '0-4']);
  expect(path(6)).toEqual(['4-6', '0-4']);
  const proof = (oldSize: number): string[] => consistencyRanges({ oldSize, newSize: 7 }).map(textOf);
  expect(proof(3)).toEqual(['2-3', '3-4', '0-2', '4-7']);
  expect(proof(4)).toEqual(['4-7']);
  expect(proof(6)).toEqual(['4-6', '6-7', '0-4']);
});

describe('accumulated over every valid subtree of up to 130 leaves', () => {
  test('subtree hashes', () => {
    const sum = createHash('sha256');
    for (let end = 0; end <= 130; end += 1)
      for (let start = 0; start <= end; start += 1)
        if (isValidSubtree({ start, end }))
          sum.update(`[${start}, ${end}) ${hexOf(rangeHash(LEAVES, { start, end }))}\n`);
    expect(sum.digest('hex')).toBe('b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81');
  });

  test('inclusion proofs', () => {
    const sum = createHash('sha256');
    for (let end = 0; end <= 130; end += 1)
      for (let start = 0; start <= end; start += 1)
        if (isValidSubtree({ start, end }))
          for (let index = start; index < end; index += 1) {
            const hashes = inclusionRanges({ index, start, end }).map((range) => hexOf(hashOf(range)));
            sum.update(`${[index, `[${start}, ${end})`, ...hashes].join(' ')}\n`);
          }
    expect(sum.digest('hex')).toBe('ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f');
  });
});

test('every inclusion proof up to 200 leaves verifies, and none for another index, size or leaf', () => {
  for (let size = 1; size <= 200; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionRanges({ index, start: 0, end: size }).map(hashOf);
      const claim = { leafHash: LEAVES[index]!, index, size, root: ROOTS[size]!, proof };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({ ...claim, index: index + 1 })).toBe(false);
      expect(verifyInclusion({ ...claim, leafHash: EMPTY_ROOT })).toBe(false);
      expect(verifyInclusion({ ...claim, proof: [...claim.proof, EMPTY_ROOT] })).toBe(false);
      if (size > 1) expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
    }
  }
});

test('every consistency proof up to 200 leaves verifies, and none for another old tree', () => {
  for (let newSize = 0; newSize <= 200; newSize += 1) {
    for (let oldSize = 0; oldSize <= newSize; oldSize += 1) {
      const proof = consistencyRanges({ oldSize, newSize }).map(hashOf);
      const claim = { oldSize, oldRoot: ROOTS[oldSize]!, newSize, newRoot: ROOTS[newSize]!, proof };
      expect(verifyConsistency(claim)).toBe(true);
      expect(verifyConsistency({ ...claim, oldRoot: flipped(claim.oldRoot, oldSize) })).toBe(false);
      expect(verifyConsistency({ ...claim, proof: [...proof, EMPTY_ROOT] })).toBe(false);
      if (oldSize > 0) expect(verifyConsistency({ ...claim, newRoot: flipped(claim.newRoot, 7) })).toBe(false);
    }
  }
});

test('every subtree of a tree of up to 70 leaves is proven consistent, its entries included', () => {
  for (let size = 1; size <= 70; size += 1)
    for (let end = 1; end <= size; end += 1)
      for (let start = 0; start < end; start += 1) {
        if (!isValidSubtree({ start, end })) continue;
        const subtreeHash = rangeHash(LEAVES, { start, end });
        const proof = subtreeConsistencyRanges({ start, end, size }).map(hashOf);
        const claim = { start, end, subtreeHash, size, root: ROOTS[size]!, proof };
        expect(verifySubtreeConsistency(claim)).toBe(true);
        expect(verifySubtreeConsistency({ ...claim, subtreeHash: flipped(subtreeHash, start) })).toBe(false);
        expect(verifySubtreeConsistency({ ...claim, proof: [...proof, EMPTY_ROOT] })).toBe(false);
        const path = inclusionRanges({ index: start, start, end }).map(hashOf);
        const entry = { leafHash: LEAVES[start]!, index: start, start, end, subtreeHash, proof: path };
        expect(verifySubtreeInclusion(entry)).toBe(true);
        expect(verifySubtreeInclusion({ ...entry, leafHash: EMPTY_ROOT })).toBe(false);
      }
});

test('any flipped bit of an inclusion proof fails', () => {
  const claims = fc
    .record({ size: fc.integer({ min: 2, max: 200 }), at: fc.nat(), line: fc.nat(), bit: fc.nat(255) })
    .map(({ size, at, line, bit }) => {
      const index = at % size;
      const proof = inclusionProof(LEAVES.slice(0, size), index);
      proof[line % proof.length] = flipped(proof[line % proof.length]!, bit);
      return { leafHash: LEAVES[index]!, index, size, root: ROOTS[size]!, proof };
    });
  fc.assert(fc.property(claims, (claim) => !verifyInclusion(claim)));
});

test('any flipped bit of a consistency proof fails', () => {
  const sizes = fc.record({
    newSize: fc.integer({ min: 2, max: 200 }),
    old: fc.nat(),
    line: fc.nat(),
    bit: fc.nat(255),
  });
  fc.assert(
    fc.property(sizes, ({ newSize, old, line, bit }) => {
      const oldSize = 1 + (old % (newSize - 1));
      const proof = consistencyProof(LEAVES.slice(0, newSize), oldSize);
      proof[line % proof.length] = flipped(proof[line % proof.length]!, bit);
      return !verifyConsistency({ oldSize, oldRoot: ROOTS[oldSize]!, newSize, newRoot: ROOTS[newSize]!, proof });
    }),
  );
});

test('numbers and hashes of a wrong shape are refused, not thrown at', () => {
  const claim = { leafHash: LEAVES[0]!, index: 0, size: 1, root: ROOTS[1]!, proof: [] as Hash[] };
  expect(verifyInclusion(claim)).toBe(true);
  for (const index of [-1, 0.5, Number.NaN, 2 ** 60]) expect(verifyInclusion({ ...claim, index })).toBe(false);
  for (const size of [0, -1, Number.POSITIVE_INFINITY]) expect(verifyInclusion({ ...claim, size })).toBe(false);
  expect(verifyInclusion({ ...claim, root: new Uint8Array(31) })).toBe(false);
  expect(verifyInclusion({ ...claim, size: 2, proof: [new Uint8Array(33)] })).toBe(false);
});

test('a frontier grows to the same roots as the whole tree, and names each subtree it completes', () => {
  let frontier: Frontier = EMPTY_FRONTIER;
  for (const [i, leaf] of LEAVES.entries()) {
    expect(rootOf(frontier)).toEqual(ROOTS[i]);
    const step = appendLeaf(frontier, leaf);
    for (const { level, index, hash } of step.completed)
      expect(hash).toEqual(rangeHash(LEAVES, { start: index * 2 ** level, end: (index + 1) * 2 ** level }));
    frontier = step.frontier;
    expect(frontier.peaks).toHaveLength(peakCount(frontier.size));
  }
});
