// The third step: joins two contributions of one collaboration by an ordered list of identifier types. The engine finds
// the candidate pairs, shard by shard; the rule that chooses among them is exact and the same everywhere.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentifierType } from '../identifiers/identifier.ts';
import { type Unreleased, unreleased } from '../policies/release.ts';
import { countContributed, findCandidates } from './candidates.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber } from './identifier-types.ts';
import { bytesOf, NativeFile } from './kernel/native-file.ts';
import { type Pairs, pairMany, pairOneToOne } from './kernel/pairing.ts';
import { STORE_BLOCK_ROWS } from './limits.ts';
import { pairsTable } from './tables.ts';

export interface MatchRequest {
  readonly match: string;
  readonly left: string;
  readonly right: string;
  /** The strongest first. */
  readonly types: readonly IdentifierType[];
  readonly cardinality: 'one-to-one' | 'many';
  readonly scratchDir: string;
}

export interface MatchCounts {
  /** Persons of each contribution. */
  readonly left: number;
  readonly right: number;
  /** Pairs of persons. */
  readonly matched: number;
  /** Each pair once, under the strongest type that found it. */
  readonly byIdentifier: Readonly<Partial<Record<IdentifierType, number>>>;
}

/** Fills `<mat>_pairs`. Throws EngineError; then nothing of the match is left. */
export async function matchContributions(engine: Engine, request: MatchRequest): Promise<Unreleased<MatchCounts>> {
  const { types } = request;
  await dropMatch(engine, request.match);
  const sides = [request.left, request.right] as const;
  try {
    const candidates = await findCandidates(engine, request, types);
    const pairs = request.cardinality === 'many' ? pairMany(candidates) : pairOneToOne(candidates);
    const counted = sides.map((side) => countContributed(engine, side));
    const [left, right] = await Promise.all([...counted, storePairs(engine, request, pairs)]);
    return unreleased({
      left: left ?? 0,
      right: right ?? 0,
      matched: pairs.left.length,
      byIdentifier: countByType(pairs, types),
    });
  } catch (thrown) {
    await dropMatch(engine, request.match);
    throw thrown;
  }
}

export async function dropMatch(engine: Engine, match: string): Promise<void> {
  await engine.dropTable(tableName(match, 'pairs'));
}

async function storePairs(engine: Engine, request: MatchRequest, pairs: Pairs): Promise<void> {
  const table = pairsTable(request.match);
  const path = join(request.scratchDir, `${table.name}.native`);
  const file = await NativeFile.create(path);
  const numbers = Uint8Array.from(request.types, identifierTypeNumber);
  try {
    for (let from = 0; from < pairs.left.length; from += STORE_BLOCK_ROWS) {
      const to = Math.min(pairs.left.length, from + STORE_BLOCK_ROWS);
      await file.write(to - from, [
        { name: 'left_person', type: 'UInt32', data: [bytesOf(pairs.left.subarray(from, to))] },
        { name: 'right_person', type: 'UInt32', data: [bytesOf(pairs.right.subarray(from, to))] },
        { name: 'type', type: 'UInt8', data: [pairs.rank.subarray(from, to).map((rank) => numbers[rank] as number)] },
      ]);
    }
    await file.close();
    await engine.adoptFile(table, { path, rows: file.rows });
  } finally {
    await rm(path, { force: true });
  }
}

function countByType(pairs: Pairs, types: readonly IdentifierType[]): MatchCounts['byIdentifier'] {
  const counts: Partial<Record<IdentifierType, number>> = Object.fromEntries(types.map((type) => [type, 0]));
  for (const rank of pairs.rank) {
    const type = types[rank] as IdentifierType;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
