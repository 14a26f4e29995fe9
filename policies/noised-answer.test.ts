// What may be shown of an answer depends on the noised figures alone, and its cost on the question alone.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noiseSource } from './noise.ts';
import {
  answerCost,
  deltaOfUndeclared,
  greatestCount,
  type MetricShape,
  noisedAnswer,
  shownMetric,
  varianceOf,
} from './noised-answer.ts';
import { openLedger } from './privacy-budget.ts';
import { STRICT } from './privacy-terms.ts';
import { unreleased, withinLock } from './release.ts';

const COUNT: MetricShape = {
  name: 'persons',
  unit: 'persons',
  scale: 1,
  sensitivityL2Squared: { num: 1n, den: 1n },
};
const metric = (values: readonly number[], declared = true) => ({
  ...COUNT,
  cells: values.map((value, n) => ({ key: { n: String(n) }, value, declared })),
});
const noised = (values: readonly number[], declared = true) => ({
  name: 'persons',
  unit: 'persons' as const,
  sigma: 50,
  perPerson: 1,
  cells: metric(values, declared).cells,
});
const SHOWING = { threshold: 50, delta: 1e-6, maxGroups: 4 };

describe('the noise', () => {
  it('has the standard deviation of the terms on a count', () => {
    expect(varianceOf(COUNT, STRICT)).toEqual({ numerator: 2500n, denominator: 1n });
  });

  it('grows with what one person can add, so that every metric costs at most as much as m groups', () => {
    const most = answerCost([{ ...COUNT, sensitivityL2Squared: { num: 4n, den: 1n } }], STRICT);
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.integer({ min: 1, max: 2520 }), (num, scale) => {
        const cost = answerCost([{ ...COUNT, scale, sensitivityL2Squared: { num, den: 1n } }], STRICT);
        expect(cost).toBeGreaterThan(0n);
        expect(cost).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('affords 925 counts under the strict terms', () => {
    const { budget } = openLedger(STRICT);
    expect(budget / answerCost([COUNT], STRICT)).toBe(925n);
  });

  it('is drawn anew for every cell, and what comes out is still locked', () => {
    const answer = noisedAnswer(
      unreleased({ metrics: [metric(new Array(2000).fill(1000))] }),
      STRICT,
      noiseSource((bytes) => randomBytes(bytes)),
    );
    expect(`${answer}`).toBe('[unreleased]');
    let values: readonly number[] = [];
    withinLock(answer, ({ metrics }) => {
      values = metrics[0]?.cells.map(({ value }) => value) ?? [];
    });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    expect(Math.abs(mean - 1000)).toBeLessThan(8);
    expect(Math.abs(deviation - 50)).toBeLessThan(6);
  });
});

describe('a cell', () => {
  it('below the threshold reads "fewer than", also when the noise made it negative', () => {
    const { cells } = shownMetric(noised([49, 0, -30]), SHOWING);
    for (const cell of cells) expect(cell).toMatchObject({ value: null, fewer_than: 50, interval: null });
  });

  it('shows a multiple of ten and where the true figure lies in 19 of 20 answers', () => {
    expect(shownMetric(noised([5913]), SHOWING).cells[0]).toEqual({
      key: { n: '0' },
      value: 5910,
      fewer_than: null,
      interval: { low: 5810, high: 6020 },
    });
  });

  it('of a category that nobody declared appears only far past the threshold', () => {
    const shown = shownMetric(noised([60, 200, 320, 900], false), SHOWING);
    expect(shown.cells.map(({ value }) => value)).toEqual([900]);
    expect(shown.remainder).toBeNull();
  });

  it('is never shown between 0 and the threshold, whatever its noised value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -500, max: 5000 })),
        fc.integer({ min: 50, max: 900 }),
        (values, threshold) => {
          const { cells, remainder } = shownMetric(noised(values), { ...SHOWING, threshold });
          for (const { value } of remainder === null ? cells : [...cells, remainder]) {
            if (value !== null) expect(value).toBeGreaterThanOrEqual(threshold);
          }
        },
      ),
    );
  });
});

describe('the remainder', () => {
  it('keeps totals honest: it is of the withheld cells together', () => {
    const { remainder } = shownMetric(noised([40, 30, 20, 5000]), SHOWING);
    expect(remainder).toMatchObject({ value: 90 });
    expect(shownMetric(noised([400, 5000]), SHOWING).remainder).toBeNull();
    expect(shownMetric(noised([10, 5000]), SHOWING).remainder).toMatchObject({ value: null, fewer_than: 50 });
  });
});

it('a sum is thresholded in persons: as many as must have added to it', () => {
  const revenue = { ...noised([4000, 60_000]), unit: 'revenue' as const, perPerson: 100, sigma: 5000 };
  expect(shownMetric(revenue, SHOWING).cells.map(({ value, fewer_than }) => value ?? fewer_than)).toEqual([
    5000, 60_000,
  ]);
});

describe('the greatest figure of an answer', () => {
  const metric = (unit: 'persons' | 'events', perPerson: number, value: number) => ({
    name: unit,
    unit,
    sigma: 50 * perPerson,
    perPerson,
    cells: [{ key: {}, value, declared: true }],
  });

  it.each([
    ['persons', [metric('persons', 1, 60.5)], 60],
    ['events, of which a person can bring about four', [metric('events', 4, 199)], 49],
    ['both', [metric('persons', 1, 10), metric('events', 4, 400)], 100],
    ['noise below zero', [metric('persons', 1, -30)], 0],
  ])('is told in persons: %s', (_what, metrics, expected) => {
    expect(greatestCount({ metrics })).toBe(expected);
  });
});

describe('categories that nobody declared', () => {
  it('take no more than a tenth of δ, over all answers that a budget pays for', () => {
    const answers = openLedger(STRICT).budget / answerCost([COUNT], STRICT);
    expect(answers).toBe(925n);
    expect(Number(answers) * deltaOfUndeclared(STRICT)).toBeCloseTo(STRICT.delta / 10, 15);
  });
});
