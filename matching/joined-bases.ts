// Candidate pairs of two bases are found once and kept beside the left contribution, so that the next match of either joins only
// what has changed. They hold numbers of persons, no key, and go with either side and with every erasure.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdentifierType } from '../identifiers/identifier.ts';
import type { Engine } from './engine/engine.ts';
import { identifierTypeNumber } from './identifier-types.ts';
import type { JoinedFiles } from './kernel/join-files.ts';
import { writeJoined } from './kernel/join-layers.ts';
import { runInThread } from './kernel/kernel-threads.ts';
import type { Candidates } from './kernel/pairing.ts';
import { type FoundKeyLayers, findKeyLayers, typesOfFile } from './key-files.ts';
import { joinedTable, keysTable } from './tables.ts';

const JOINED = '_joined_';
const ID_LENGTH = 30;

export interface LayeredSides {
  /** The contribution on the left, which the pairs are kept with. */
  readonly owner: string;
  readonly left: FoundKeyLayers;
  readonly right: FoundKeyLayers;
  readonly scratchDir: string;
}

/** In the order of the types. */
export async function findLayeredCandidates(
  engine: Engine,
  sides: LayeredSides,
  types: readonly IdentifierType[],
): Promise<Candidates[]> {
  const { left, right } = sides;
  const numbers = types.map(identifierTypeNumber);
  const [mine, theirs] = [typesOfFile(left.base), typesOfFile(right.base)];
  const both = [...new Set(numbers)].filter((type) => mine.has(type) && theirs.has(type)).sort((a, b) => a - b);
  const table = joinedTable(sides.owner, right.origin, both);
  const kept = await findKeyLayers(engine, table.name);
  const found = kept === undefined ? await joinBases(engine, sides, both) : undefined;
  if (found !== undefined && isPlain(left) && isPlain(right)) {
    return numbers.map((type) => found.get(type) ?? { left: new Uint32Array(0), right: new Uint32Array(0) });
  }
  const joined = kept ?? (await findKeyLayers(engine, table.name));
  return Promise.all(numbers.map((type) => runInThread({ kind: 'combine', type, joined: joined?.base, left, right })));
}

async function joinBases(
  engine: Engine,
  { owner, left, right, scratchDir }: LayeredSides,
  types: readonly number[],
): Promise<Map<number, JoinedFiles>> {
  const joined = await Promise.all(
    types.map(async (type) => {
      const pairs = await runInThread({ kind: 'join', left: left.base, right: right.base, type });
      return { type, pairs };
    }),
  );
  const table = joinedTable(owner, right.origin, types);
  const path = join(scratchDir, `${table.name}.native`);
  try {
    const rows = await writeJoined(path, joined);
    await engine.dropTable(table.name);
    await engine.adoptFile(table, { path, rows });
  } finally {
    await rm(path, { force: true });
  }
  return new Map(joined.map(({ type, pairs }) => [type, pairs]));
}

function isPlain({ top, gone }: FoundKeyLayers): boolean {
  return top === undefined && gone === undefined;
}

/** A contribution that has the base of the one before has its pairs as well. */
export async function carryJoins(engine: Engine, of: { from: string; to: string }): Promise<void> {
  const prefix = `${of.from}${JOINED}`;
  for (const under of (await engine.listTables()).filter((name) => name.startsWith(prefix))) {
    const [, rightOrigin, types] = /^(.{30})_?(.*)$/.exec(under.slice(prefix.length)) ?? [];
    const table = joinedTable(of.to, String(rightOrigin), types === '' ? [] : String(types).split('_').map(Number));
    await engine.layered?.stack(table, { under, top: undefined, gonePath: undefined });
  }
}

export async function dropJoinsOf(engine: Engine, contribution: string): Promise<void> {
  for (const name of await engine.listTables()) {
    if (name.startsWith(`${contribution}${JOINED}`)) await engine.dropTable(name);
  }
}

/** Those whose right side nobody contributes any more; `all` where the persons themselves have changed. */
export async function dropStaleJoins(engine: Engine, which: 'stale' | 'all' = 'stale'): Promise<void> {
  const names = await engine.listTables();
  const joins = names.filter((name) => name.slice(ID_LENGTH).startsWith(JOINED));
  if (joins.length === 0) return;
  const origins = new Set<string>();
  if (which === 'stale') {
    for (const name of names.filter(
      (one) => one.startsWith('con_') && one === keysTable(one.slice(0, ID_LENGTH)).name,
    )) {
      origins.add((await engine.layered?.find(name))?.origin ?? '');
    }
  }
  for (const name of joins) {
    const from = ID_LENGTH + JOINED.length;
    if (!origins.has(name.slice(from, from + ID_LENGTH))) await engine.dropTable(name);
  }
}
