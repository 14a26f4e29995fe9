// The join in the engine and the rule that chooses among its pairs, against a naive oracle on random keys, on both
// engines. Here several persons may hold one key, which a load would have made one person: the rule must stand anyway.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { idOf, withScratch } from './load-fixture.ts';
import { matchContributions } from './match.ts';
import { countsOf } from './match-fixture.ts';
import { keysTable } from './tables.ts';

interface Key {
  readonly key: number;
  readonly person: number;
  /** 1 email, 2 phone. */
  readonly type: number;
}

const LEFT = idOf('con', '1');
const RIGHT = idOf('con', '2');
const TYPES = ['phone', 'email'] as const;
const key = fc.record({ key: fc.nat(12), person: fc.nat(8), type: fc.constantFrom(1, 2) });
const sides = fc.tuple(fc.array(key, { maxLength: 25 }), fc.array(key, { maxLength: 25 }));

describe.each(ENGINE_KINDS)('on the %s engine', (kind) => {
  let opened: TestEngine;
  let engine: Engine;
  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  async function fill(contribution: string, keys: readonly Key[]): Promise<void> {
    const table = keysTable(contribution);
    await engine.dropTable(table.name);
    await engine.createTable(table);
    await engine.command(
      `INSERT INTO ${table.name} SELECT toFixedString(leftPad(toString(row.1), 16, '0'), 16), row.2, row.3
       FROM (SELECT arrayJoin(arrayZip({keys:Array(UInt32)}, {persons:Array(UInt32)}, {types:Array(UInt8)})) AS row)`,
      {
        keys: keys.map((held) => held.key),
        persons: keys.map((held) => held.person),
        types: keys.map((held) => held.type),
      },
    );
  }

  const matched = (left: string, right: string, cardinality: 'one-to-one' | 'many') =>
    withScratch(async (scratchDir) => {
      const match = idOf('mat', '1');
      const request = { match, left, right, types: TYPES, cardinality, scratchDir };
      const counts = countsOf(await matchContributions(engine, request));
      const rows = await engine.query<{ l: number; r: number; t: number }>(
        `SELECT left_person AS l, right_person AS r, type AS t FROM ${match}_pairs`,
      );
      return { counts, pairs: rows.map(({ l, r, t }) => `${l}-${r}-${t}`).sort() };
    });

  test('the pairs are those of the oracle, and an overlap is as large from either side', async () => {
    await fc.assert(
      fc.asyncProperty(sides, async ([left, right]) => {
        await fill(LEFT, left);
        await fill(RIGHT, right);
        const once = await matched(LEFT, RIGHT, 'one-to-one');
        expect(once.pairs).toEqual(oracle(left, right, true));
        expect(once.counts.matched).toBe(once.pairs.length);
        const many = await matched(LEFT, RIGHT, 'many');
        expect(many.pairs).toEqual(oracle(left, right, false));
        expect((await matched(RIGHT, LEFT, 'many')).counts.matched).toBe(many.counts.matched);
      }),
      { numRuns: kind === 'embedded' ? 12 : 4 },
    );
  }, 120_000);
});

function oracle(left: readonly Key[], right: readonly Key[], oneToOne: boolean): string[] {
  const pairs: [number, number, number][] = [];
  for (const type of [2, 1]) {
    const edges = left
      .flatMap((l) => right.filter((r) => l.type === type && r.type === type && l.key === r.key).map((r) => [l, r]))
      .map(([l, r]) => [(l as Key).person, (r as Key).person] as const)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [l, r] of edges) {
      const taken = pairs.some((pair) => (oneToOne ? pair[0] === l || pair[1] === r : pair[0] === l && pair[1] === r));
      if (!taken) pairs.push([l, r, type]);
    }
  }
  return pairs.map((pair) => pair.join('-')).sort();
}
