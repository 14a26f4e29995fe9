// Candidate pairs of two contributions by one identifier type: joined by the kernel where both lie in files on this
// machine, by the engine, shard by shard, everywhere else. Both find the same pairs.
import type { IdentifierType } from '../identifiers/identifier.ts';
import type { Engine } from './engine/engine.ts';
import { tableName } from './engine/settings.ts';
import { identifierTypeNumber } from './identifier-types.ts';
import { findLayeredCandidates } from './joined-bases.ts';
import { runInThread } from './kernel/kernel-threads.ts';
import type { Candidates } from './kernel/pairing.ts';
import { wordsOf } from './kernel/rekey.ts';
import { Uint32Vector } from './kernel/vector.ts';
import { findKeyLayers } from './key-files.ts';

export interface MatchSides {
  readonly left: string;
  readonly right: string;
  /** A folder for one file of pairs, gone before this returns. */
  readonly scratchDir: string;
}

/** In the order of the types. Throws EngineError. */
export async function findCandidates(
  engine: Engine,
  sides: MatchSides,
  types: readonly IdentifierType[],
): Promise<Candidates[]> {
  const left = await findKeyLayers(engine, tableName(sides.left, 'keys'));
  const right = await findKeyLayers(engine, tableName(sides.right, 'keys'));
  if (left !== undefined && right !== undefined) {
    const { scratchDir } = sides;
    return findLayeredCandidates(engine, { owner: sides.left, left, right, scratchDir }, types);
  }
  const candidates: Candidates[] = [];
  for (const type of types) candidates.push(await joinInEngine(engine, sides, type));
  return candidates;
}

/** The distinct persons that a contribution has keys of. */
export async function countContributed(engine: Engine, contribution: string): Promise<number> {
  const table = tableName(contribution, 'keys');
  const layers = await findKeyLayers(engine, table);
  if (layers !== undefined) return (await runInThread({ kind: 'count', layers })).persons;
  const [row] = await engine.query<{ persons: number }>(
    `SELECT bitmapCardinality(groupBitmapState(person)) AS persons FROM ${table}`,
  );
  return row?.persons ?? 0;
}

async function joinInEngine(engine: Engine, sides: MatchSides, type: IdentifierType): Promise<Candidates> {
  const found = { left: new Uint32Vector(), right: new Uint32Vector() };
  // The tables themselves, not selections of them: only those are joined where they lie.
  const [left, right] = [tableName(sides.left, 'keys'), tableName(sides.right, 'keys')];
  const blocks = engine.streamBinary(
    `SELECT l.person, r.person FROM ${left} AS l INNER JOIN ${right} AS r ON l.match_key = r.match_key
     WHERE l.type = {type:UInt8} AND r.type = {type:UInt8}`,
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
  return {
    left: found.left.items.subarray(0, found.left.length),
    right: found.right.items.subarray(0, found.right.length),
  };
}

const PAIR_BYTES = 8;

function takePairs(words: Uint32Array, { left, right }: { left: Uint32Vector; right: Uint32Vector }): void {
  left.reserve(words.length / 2);
  right.reserve(words.length / 2);
  for (let at = 0; at < words.length; at += 2) {
    left.push(words[at] as number);
    right.push(words[at + 1] as number);
  }
}
