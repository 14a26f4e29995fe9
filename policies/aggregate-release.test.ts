// How a figure reads: rounded, capped, and below the threshold nothing but "fewer than".
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateRequest, matchRate, roundedCount } from './aggregate-release.ts';
import { loadPolicySet } from './decide.ts';
import { NO_USE } from './privacy-threshold.ts';

const counts = fc.integer({ min: 0, max: 2_000_000 });
const roundings = fc.record({
  threshold: fc.integer({ min: 2, max: 5000 }),
  multiple: fc.integer({ min: 1, max: 500 }),
});

describe('a released count', () => {
  it.each([
    [0, { fewerThan: 50 }],
    [1, { fewerThan: 50 }],
    [49, { fewerThan: 50 }],
    [50, { value: 50 }],
    [54, { value: 50 }],
    [55, { value: 60 }],
    [8214, { value: 8210 }],
    [Number.NaN, { fewerThan: 50 }],
  ])('of %d reads %o', (persons, shown) => {
    expect(roundedCount(persons)).toEqual(shown);
  });

  it('is never one of 0 to threshold - 1, whatever the rounding', () => {
    fc.assert(
      fc.property(counts, roundings, (persons, rounding) => {
        const shown = roundedCount(persons, rounding);
        if ('value' in shown) expect(shown.value).toBeGreaterThanOrEqual(rounding.threshold);
        else expect(persons).toBeLessThan(rounding.threshold);
      }),
    );
  });

  it('is a multiple, near the true count', () => {
    fc.assert(
      fc.property(counts, roundings, (persons, rounding) => {
        const shown = roundedCount(persons, rounding);
        if ('fewerThan' in shown) return;
        expect(shown.value % rounding.multiple).toBe(0);
        expect(Math.abs(shown.value - persons)).toBeLessThanOrEqual(rounding.multiple);
      }),
    );
  });
});

describe('a match rate', () => {
  it.each<[number, number, string | null]>([
    [3700, 10_000, '37%'],
    [8500, 10_000, '85%'],
    [8600, 10_000, '>85%'],
    [10_000, 10_000, '>85%'],
    [50, 1_000_000, '<1%'],
    [49, 10_000, null],
    [0, 10_000, null],
    [0, 0, null],
  ])('of %d in %d reads %s', (matched, total, shown) => {
    expect(matchRate(matched, total)).toBe(shown);
  });

  it('tells nothing that the rounded figures do not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 9000 }), fc.nat({ max: 4 }), (matched, more) => {
        const onTheGrid = Math.round(matched / 10) * 10;
        expect(matchRate(onTheGrid + more, 10_000)).toBe(matchRate(onTheGrid, 10_000));
      }),
    );
  });
});

describe('a decision about a figure', () => {
  it('is the same for every count below the threshold, 0 included', () => {
    const set = loadPolicySet();
    const decisions = [0, 1, 7, 49].map((persons) =>
      set.decide(
        aggregateRequest({
          analysis: 'overlap',
          requestedBy: { memberId: 'ana', tenantId: 'osec' },
          persons,
          rules: [{ tenantId: 'osec', rule: { ...NO_USE, allowedAnalyses: ['overlap'] } }],
          collaborationStatus: 'active',
          instant: '2026-03-01T09:00:00Z',
        }),
      ),
    );
    for (const decision of decisions) expect(decision).toEqual(decisions[0]);
    expect(decisions[0]).toMatchObject({ outcome: 'deny', reasons: ['below_threshold'] });
  });
});
