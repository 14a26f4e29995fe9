// The third step: joins two contributions of one collaboration by an ordered list of identifier types. The engine finds
// the candidate pairs, shard by shard; the rule that chooses among them is exact and the same everywhere.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentifierType } from '../identifiers/identifier.ts';
import { type Unreleased, unreleased } from '../policies/release.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber } from './identifier-types.ts';
import { bytesOf, NativeFile } from './kernel/native-file.ts';
import { type Candidates, type Pairs, pairMany, pairOneToOne } from './kernel/pairing.ts';
import { wordsOf } from './kernel/rekey.ts';
import { Uint32Vector } from './kernel/vector.ts';
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
  try {
    const candidates: Candidates[] = [];
    for (const type of types) candidates.push(await findCandidates(engine, request, type));
    const pairs = request.cardinality === 'many' ? pairMany(candidates) : pairOneToOne(candidates);
    await storePairs(engine, request, pairs);
    return unreleased({
      left: await countPersons(engine, request.left),
      right: await countPersons(engine, request.right),
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

async function findCandidates(engine: Engine, request: MatchRequest, type: IdentifierType): Promise<Candidates> {
  const found = { left: new Uint32Vector(), right: new Uint32Vector() };
  const keys = (contribution: string) =>
    `(SELECT match_key, person FROM ${tableName(contribution, 'keys')} WHERE type = {type:UInt8})`;
  const blocks = engine.streamBinary(
    `SELECT l.person, r.person FROM ${keys(request.left)} AS l INNER JOIN ${keys(request.right)} AS r
     ON l.match_key = r.match_key`,
    { type: identifierTypeNumber(type) },
    { join: 'colocated' },
  );
  let rest: Buffer = Buffer.alloc(0);
  for await (const block of blocks) {
    const bytes =
      rest.length === 0 ? Buffer.from(block.buffer, block.byteOffset, block.length) : Buffer.concat([rest, block]);
    const whole = bytes.length - (bytes.length % PAIR_BYTES);
    takePairs(wordsOf(bytes.subarray(0, whole)), found);
    rest = Buffer.from(bytes.subarray(whole));
  }
  return found;
}

const PAIR_BYTES = 8;

function takePairs(words: Uint32Array, { left, right }: Candidates): void {
  left.reserve(words.length / 2);
  right.reserve(words.length / 2);
  for (let at = 0; at < words.length; at += 2) {
    left.push(words[at] as number);
    right.push(words[at + 1] as number);
  }
}

async function storePairs(engine: Engine, request: MatchRequest, pairs: Pairs): Promise<void> {
  const table = pairsTable(request.match);
  await engine.createTable(table);
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
    if (file.rows > 0)
      await engine.insertFile({ table: table.name, columns: table.columns }, { path, format: 'Native' });
  } finally {
    await rm(path, { force: true });
  }
}

async function countPersons(engine: Engine, contribution: string): Promise<number> {
  const [row] = await engine.query<{ persons: number }>(
    `SELECT bitmapCardinality(groupBitmapState(person)) AS persons FROM ${tableName(contribution, 'keys')}`,
  );
  return row?.persons ?? 0;
}

function countByType(pairs: Pairs, types: readonly IdentifierType[]): MatchCounts['byIdentifier'] {
  const counts: Partial<Record<IdentifierType, number>> = Object.fromEntries(types.map((type) => [type, 0]));
  for (const rank of pairs.rank) {
    const type = types[rank] as IdentifierType;
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}
