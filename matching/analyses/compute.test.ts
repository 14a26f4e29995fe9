// Every analysis equals its naive reading on random small worlds, on both engines, and bounds what a person adds.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unreleased } from '../../policies/release.ts';
import { seen } from '../distribute-fixture.ts';
import type { Engine } from '../engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from '../engine/test-engine.ts';
import type { AnalysisRequest, TrueAnswer } from './analysis.ts';
import { computeAnalysis } from './compute.ts';
import { answerNaively, type Counts } from './testing/oracle.ts';
import { overlapOf, TWO_SIDED } from './testing/questions.ts';
import { fillWorld, requestOf, TYPES, worlds } from './testing/world.ts';

function countsOf(answer: TrueAnswer): Counts {
  const counted = answer.metrics.map(({ name, cells }) => {
    const filled = cells.filter(({ value }) => value !== 0);
    return [name, Object.fromEntries(filled.map(({ key, value }) => [JSON.stringify(key), value]))];
  });
  return Object.fromEntries(counted);
}

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  // Each world is asked every question; shrinking a failure would ask thousands more.
  const options = { numRuns: kind === 'embedded' ? 10 : 3, endOnFailure: true };
  let opened: TestEngine;
  let engine: Engine;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
  });
  afterAll(() => opened.close());

  const answer = async (request: AnalysisRequest) => seen(await computeAnalysis(engine, request));

  test('every question on two sides is answered as its definition reads', async () => {
    const bounds = fc.record({ maxGroups: fc.integer({ min: 1, max: 3 }), perGroup: fc.integer({ min: 1, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(worlds(2), bounds, fc.integer({ min: 1, max: 3 }), async (world, bound, types) => {
        await fillWorld(engine, world);
        for (const [name, question] of Object.entries(TWO_SIDED)) {
          const bounding = { key: Buffer.from('a key of sixteen or more bytes'), ...bound };
          const request = requestOf(question, { types: TYPES.slice(0, types), bounding });
          expect(countsOf(await answer(request)), name).toEqual(answerNaively(world, request));
        }
      }),
      options,
    );
  });

  test.each([2, 3, 5])('of %i contributions every intersection is counted', async (contributions) => {
    await fc.assert(
      fc.asyncProperty(worlds(contributions), async (world) => {
        await fillWorld(engine, world);
        const request = requestOf(overlapOf(contributions), { types: TYPES });
        const found = await answer(request);
        expect(countsOf(found)).toEqual(answerNaively(world, request));
        expect(found.metrics[0]?.cells).toHaveLength(2 ** contributions - 1);
      }),
      options,
    );
  });

  test('of an empty world every declared cell is there, and zero', async () => {
    await fillWorld(engine, [[], []]);
    for (const question of [...Object.values(TWO_SIDED), overlapOf(2)]) {
      const found = await answer(requestOf(question));
      const cells = found.metrics.flatMap((metric) => metric.cells);
      expect(cells.filter(({ value }) => value !== 0)).toEqual([]);
      expect(cells.filter(({ declared }) => !declared)).toEqual([]);
      expect(found.persons).toBe(0);
    }
  });

  test('the answer is unreleased, and no working table is left', async () => {
    await fillWorld(engine, [[], []]);
    const found = await computeAnalysis(engine, requestOf(overlapOf(2)));
    expect(found).toBeInstanceOf(Unreleased);
    expect(JSON.stringify(found)).toBe('"[unreleased]"');
    expect((await engine.listTables()).filter((name) => name.startsWith('run_'))).toEqual([]);
  });
});
