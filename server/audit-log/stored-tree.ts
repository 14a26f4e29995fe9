// Hashes and proofs of the stored tree, read from leaves and tile hashes: at most 256 rows a level, never the whole log.
import type { Knex } from 'knex';
import { findHex } from '../../audit/bytes.ts';
import { type Frontier, rootOf } from '../../audit/frontier.ts';
import { consistencyRanges, type Hash, inclusionRanges, type LeafRange, treeHash } from '../../audit/merkle.ts';
import { TILE_HEIGHT } from '../../audit/tiles.ts';
import { AuditLogError } from './audit-log-error.ts';

/** The root of the first `size` leaves, out of stored hashes. */
export function storedRoot(knex: Knex, size: number): Promise<Hash> {
  return storedRangeHash(knex, { start: 0, end: size });
}

export async function storedInclusionProof(knex: Knex, of: { index: number; size: number }): Promise<Hash[]> {
  return hashesOf(knex, inclusionRanges({ index: of.index, start: 0, end: of.size }));
}

export async function storedConsistencyProof(knex: Knex, of: { oldSize: number; newSize: number }): Promise<Hash[]> {
  return hashesOf(knex, consistencyRanges(of));
}

/** `count` hashes of a tile level, from `start` on. Throws `range_not_covered` if one is not there. */
export async function storedTileHashes(
  knex: Knex,
  of: { level: number; start: number; count: number },
): Promise<Hash[]> {
  const { level, start, count } = of;
  const range = [start, start + count - 1] as const;
  const rows: { hash: string }[] =
    level === 0
      ? await knex('audit_leaf_hashes')
          .whereBetween('leaf_index', range)
          .orderBy('leaf_index')
          .select({ hash: 'leaf_hash' })
      : await knex('audit_tile_hashes').where({ level }).whereBetween('hash_index', range).orderBy('hash_index');
  const hashes = rows.map((row) => findHex(row.hash));
  if (hashes.length !== count || hashes.some((hash) => hash?.length !== 32))
    throw new AuditLogError('range_not_covered', 'the log does not hold these hashes');
  return hashes as Hash[];
}

async function hashesOf(knex: Knex, ranges: readonly LeafRange[]): Promise<Hash[]> {
  const hashes: Hash[] = [];
  for (const range of ranges) hashes.push(await storedRangeHash(knex, range));
  return hashes;
}

// Ranges of proofs begin on a boundary of their own width, so they are perfect subtrees side by side, the largest first:
// the peaks of a frontier.
async function storedRangeHash(knex: Knex, range: LeafRange): Promise<Hash> {
  const peaks: Hash[] = [];
  let { start } = range;
  while (start < range.end) {
    const level = Math.floor(Math.log2(range.end - start));
    peaks.push(await storedNode(knex, { level, start }));
    start += 2 ** level;
  }
  const frontier: Frontier = { size: range.end - range.start, peaks };
  return rootOf(frontier);
}

async function storedNode(knex: Knex, node: { level: number; start: number }): Promise<Hash> {
  const level = Math.floor(node.level / TILE_HEIGHT);
  const count = 2 ** (node.level % TILE_HEIGHT);
  return treeHash(await storedTileHashes(knex, { level, start: node.start / 2 ** (level * TILE_HEIGHT), count }));
}
