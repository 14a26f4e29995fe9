// Hashes and proofs of the stored tree, read from leaves and tile hashes: at most 256 rows a level, never the whole log.
import type { Knex } from 'knex';
import { findHex } from '../../audit/bytes.ts';
import { type Frontier, rootOf } from '../../audit/frontier.ts';
import { consistencyRanges, type Hash, inclusionRanges, type LeafRange, treeHash } from '../../audit/merkle.ts';
import { TILE_HEIGHT, TILE_WIDTH } from '../../audit/tiles.ts';
import { AuditLogError } from './audit-log-error.ts';

/** The root of the first `size` leaves, out of stored hashes. */
export async function storedRoot(knex: Knex, size: number): Promise<Hash> {
  const [root] = await hashesOf(knex, [{ start: 0, end: size }]);
  return root!;
}

export async function storedInclusionProof(knex: Knex, of: { index: number; size: number }): Promise<Hash[]> {
  return hashesOf(knex, inclusionRanges({ index: of.index, start: 0, end: of.size }));
}

/** Of many leaves at once: what their paths share is read and hashed once. */
export async function storedInclusionProofs(
  knex: Knex,
  of: { indices: readonly number[]; size: number },
): Promise<Hash[][]> {
  const paths = of.indices.map((index) => inclusionRanges({ index, start: 0, end: of.size }));
  const unique = new Map(paths.flat().map((range) => [rangeKey(range), range]));
  const hashes = await hashesOf(knex, [...unique.values()]);
  const byKey = new Map([...unique.keys()].map((key, i) => [key, hashes[i]!]));
  return paths.map((path) => path.map((range) => byKey.get(rangeKey(range))!));
}

function rangeKey({ start, end }: LeafRange): string {
  return `${start}-${end}`;
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

// Ranges of proofs begin on a boundary of their own width, so they are perfect subtrees side by side, the largest first:
// the peaks of a frontier. Each subtree lies in one tile, and a proof needs about two tiles of a level: each is read once.
async function hashesOf(knex: Knex, ranges: readonly LeafRange[]): Promise<Hash[]> {
  const tiles = new TileReader(knex);
  const wanted = ranges.map((range) => ({ size: range.end - range.start, nodes: nodesOf(range) }));
  for (const { nodes } of wanted) for (const node of nodes) tiles.want(node);
  await tiles.read();
  return wanted.map(({ size, nodes }) => {
    const frontier: Frontier = { size, peaks: nodes.map((node) => treeHash(tiles.hashesOf(node))) };
    return rootOf(frontier);
  });
}

/** `count` hashes of a tile level: one perfect subtree. */
interface TileNode {
  readonly level: number;
  readonly start: number;
  readonly count: number;
}

function nodesOf(range: LeafRange): TileNode[] {
  const nodes: TileNode[] = [];
  let { start } = range;
  while (start < range.end) {
    const height = Math.floor(Math.log2(range.end - start));
    const level = Math.floor(height / TILE_HEIGHT);
    nodes.push({ level, start: start / 2 ** (level * TILE_HEIGHT), count: 2 ** (height % TILE_HEIGHT) });
    start += 2 ** height;
  }
  return nodes;
}

class TileReader {
  readonly #knex: Knex;
  readonly #tiles = new Map<string, { level: number; start: number; end: number; hashes: Hash[] }>();

  constructor(knex: Knex) {
    this.#knex = knex;
  }

  want(node: TileNode): void {
    const known = this.#tiles.get(keyOf(node));
    const start = Math.min(node.start, known?.start ?? node.start);
    const end = Math.max(node.start + node.count, known?.end ?? 0);
    this.#tiles.set(keyOf(node), { level: node.level, start, end, hashes: [] });
  }

  async read(): Promise<void> {
    const reading = [...this.#tiles.values()].map(async (tile) => {
      const { level, start, end } = tile;
      tile.hashes = await storedTileHashes(this.#knex, { level, start, count: end - start });
    });
    await Promise.all(reading);
  }

  hashesOf({ level, start, count }: TileNode): Hash[] {
    const tile = this.#tiles.get(keyOf({ level, start, count }));
    const from = start - (tile?.start ?? 0);
    return tile?.hashes.slice(from, from + count) ?? [];
  }
}

function keyOf({ level, start }: TileNode): string {
  return `${level}/${Math.floor(start / TILE_WIDTH)}`;
}
