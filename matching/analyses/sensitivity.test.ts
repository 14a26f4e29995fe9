// One person more or less in one contribution moves no metric further than it says, in any world; and the oracle that shows
// it is the one that both engines are held to.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seen } from '../distribute-fixture.ts';
import type { Engine } from '../engine/engine.ts';
import { pairOneToOne } from '../kernel/pairing.ts';
import type { AnalysisQuestion, AnalysisRequest, TrueMetric } from './analysis.ts';
import { computeAnalysis } from './compute.ts';
import { metricShapes } from './metric-shapes.ts';
import { answerNaively, type Counts, linkWorld } from './testing/oracle.ts';
import { overlapOf, TWO_SIDED } from './testing/questions.ts';
import { denseWorlds, type Person, requestOf, TYPES, type World } from './testing/world.ts';

/** An engine without a single row: what a metric says of itself does not depend on data. */
const EMPTY: Engine = {
  kind: 'embedded',
  createTable: async () => {},
  dropTable: async () => {},
  replaceTable: async () => {},
  listTables: async () => [],
  command: async () => {},
  query: async () => [],
  stream: async function* () {},
  streamBinary: async function* () {},
  insertFile: async () => {},
  cancelTagged: async () => undefined,
  adoptFile: async () => {},
  findFile: async () => undefined,
  close: async () => {},
};

async function metricsOf(request: AnalysisRequest): Promise<readonly TrueMetric[]> {
  return seen(await computeAnalysis(EMPTY, request)).metrics;
}

/** The squared distance of two answers in one metric. */
function squaredDistance(one: Counts[string] = {}, other: Counts[string] = {}): bigint {
  const cells = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...cells].reduce((sum, cell) => sum + BigInt((one[cell] ?? 0) - (other[cell] ?? 0)) ** 2n, 0n);
}

/** Every world that lacks one person of one contribution. */
function neighbours(world: World): World[] {
  return world.flatMap((people, place) =>
    people.map((_, gone) => world.map((side, n) => (n === place ? side.filter((_, m) => m !== gone) : side))),
  );
}

async function furthest(question: AnalysisQuestion, types: number, contributions: number): Promise<void> {
  const request = requestOf(question, { types: TYPES.slice(0, types) });
  const metrics = await metricsOf(request);
  fc.assert(
    fc.property(denseWorlds(contributions), (world) => {
      const whole = answerNaively(world, request);
      for (const less of neighbours(world)) {
        const counts = answerNaively(less, request);
        for (const { name, sensitivityL2Squared: bound } of metrics) {
          const distance = squaredDistance(whole[name], counts[name]);
          expect(distance * bound.den, name).toBeLessThanOrEqual(bound.num);
        }
      }
    }),
    { numRuns: 100 },
  );
}

describe.each([1, 2, 3])('matched by %i identifier types, no metric moves further than it says', (types) => {
  test.each(Object.entries(TWO_SIDED))('%s', async (_, question) => {
    await furthest(question, types, 2);
  });

  test.each([2, 3, 5])('the overlap of %i contributions', async (contributions) => {
    await furthest(overlapOf(contributions), types, contributions);
  });
});

test.each([1, 2, 3])('by %i types, what is paid for beforehand is what the answer says of itself', async (types) => {
  for (const question of [...Object.values(TWO_SIDED), overlapOf(2), overlapOf(5)]) {
    const request = requestOf(question, { types: TYPES.slice(0, types) });
    const said = (await metricsOf(request)).map(({ cells: _, ...shape }) => shape);
    expect(metricShapes(request)).toEqual(said);
  }
});

const keyed = (...keys: readonly [(typeof TYPES)[number], number][]): Person => ({
  keys: keys.map(([type, token]) => ({ type, token })),
  attributes: { member: null, activity: null, city: null, spend: null, born: null },
  events: [],
});

describe('no smaller bound would do', () => {
  async function attained(world: World, types: number): Promise<void> {
    const request = requestOf(overlapOf(world.length), { types: TYPES.slice(0, types) });
    const [metric] = await metricsOf(request);
    const less = world.map((people, place) => (place === 0 ? people.slice(1) : people));
    const distance = squaredDistance(answerNaively(world, request).persons, answerNaively(less, request).persons);
    expect(distance).toBe(metric?.sensitivityL2Squared.num);
  }

  test('of two contributions: a matched person leaves, and its other half is single', async () => {
    await attained([[keyed(['email', 1])], [keyed(['email', 1])]], 2);
  });

  test('of three, by two types: the other half joins two who had found each other', async () => {
    const joining = keyed(['email', 1], ['phone', 2]);
    await attained([[keyed(['email', 1]), keyed(['phone', 2])], [joining], [keyed(['phone', 2])]], 2);
  });
});

describe('a chain that a partner builds on purpose', () => {
  const length = 40;
  /** Each of the partner's persons holds the second email of one customer and the first of the next. */
  const customers = Array.from({ length }, (_, n) => keyed(['email', 2 * n], ['email', 2 * n + 1]));
  const partners = Array.from({ length }, (_, n) => keyed(['email', 2 * n + 1], ['email', 2 * n + 2]));

  test('ends at once: of those linked, nobody but the one who leaves changes partners', () => {
    const linksOf = (left: readonly Person[]) =>
      linkWorld([left, partners], ['email']).links.map(({ persons }) =>
        persons.map((one) => JSON.stringify(one)).join(),
      );
    const [whole, less] = [linksOf(customers), linksOf(customers.slice(1))];
    expect(whole.length).toBeGreaterThan(0);
    expect(less.filter((link) => !whole.includes(link))).toEqual([]);
    expect(whole.length - less.length).toBeLessThanOrEqual(1);
  });

  test('while the pairs of the match all shift', () => {
    const pairsFrom = (first: number) => {
      const candidates: Record<'left' | 'right', number[]> = { left: [], right: [] };
      for (let n = first; n < length; n++) {
        for (const partner of [n - 1, n].filter((one) => one >= 0)) {
          candidates.left.push(n);
          candidates.right.push(partner);
        }
      }
      const { left, right } = pairOneToOne([
        { left: Uint32Array.from(candidates.left), right: Uint32Array.from(candidates.right) },
      ]);
      return [...left].map((customer, place) => `${customer}-${right[place]}`);
    };
    const [whole, less] = [pairsFrom(0), pairsFrom(1)];
    expect(whole).toHaveLength(length);
    expect(less.filter((pair) => whole.includes(pair))).toEqual([]);
  });
});
