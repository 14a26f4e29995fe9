// Nobody counts in more cells than m, nor for more than c in one; which cells is the same in every run and nobody else's doing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnalysisError, type AttributionQuestion } from './analysis.ts';
import { checkAnalysis } from './compute.ts';
import { answerNaively } from './testing/oracle.ts';
import { TWO_SIDED } from './testing/questions.ts';
import { BOUNDING, requestOf, worlds } from './testing/world.ts';

const attribution = TWO_SIDED['the last touch'] as AttributionQuestion;
const bounds = fc.record({ maxGroups: fc.integer({ min: 1, max: 3 }), perGroup: fc.integer({ min: 1, max: 3 }) });

test('of a world with one matched person no metric shows more than the person may count', () => {
  fc.assert(
    fc.property(worlds(2), bounds, fc.constantFrom('last-touch', 'linear'), (world, bound, model) => {
      const request = requestOf({ ...attribution, model }, { bounding: { ...BOUNDING, ...bound } });
      for (const left of world[0] ?? []) {
        for (const right of world[1] ?? []) {
          const cells = Object.values(answerNaively([[left], [right]], request)['attributed-purchases'] ?? {});
          expect(cells.length).toBeLessThanOrEqual(bound.maxGroups);
          for (const value of cells)
            expect(value).toBeLessThanOrEqual(bound.perGroup * (model === 'linear' ? 2520 : 1));
        }
      }
    }),
  );
});

describe('a question is refused by its schemas alone, before anybody is read', () => {
  test.each([
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'spend' }] }],
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'spend', bins: [2, 1] }] }],
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'spend', bins: ['1'] }] }],
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'born', bins: ['2025-02-30'] }] }],
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'member', bins: ['yes'] }] }],
    ['bins_invalid', { breakdown: [{ source: 'c0', attribute: 'city', bins: ['Lyon', 'Lyon'] }] }],
    ['attribute_unknown', { breakdown: [{ source: 'c0', attribute: 'email' }] }],
    ['source_unknown', { breakdown: [{ source: 'c9', attribute: 'city' }] }],
    ['question_invalid', { breakdown: [] }],
    [
      'question_invalid',
      {
        breakdown: [
          { source: 'c0', attribute: 'city' },
          { source: 'c1', attribute: 'city' },
        ],
        index: true,
      },
    ],
    [
      'too_many_cells',
      {
        breakdown: ['c0', 'c1'].map((source) => {
          return { source, attribute: 'spend', bins: Array.from({ length: 100 }, (_, n) => n) };
        }),
      },
    ],
  ] as const)('%s: a profile by %j', (code, change) => {
    const question = { analysis: 'profile', match: 'm', index: false, ...change } as const;
    expect(() => checkAnalysis(requestOf(question))).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    ['same_side', { purchases: 'left' }],
    ['question_invalid', { windowDays: 0 }],
    ['attribute_kind', { channelAttribute: 'spend' }],
    ['question_invalid', { period: { from: '2025-03-02', to: '2025-03-01' } }],
  ] as const)('%s: an attribution with %j', (code, change) => {
    expect(() => checkAnalysis(requestOf({ ...attribution, ...change }))).toThrow(expect.objectContaining({ code }));
  });

  test('a dataset without an event time has no events', () => {
    const request = requestOf(attribution);
    const contributions = request.contributions.map((one) => {
      const { seen: _, ...columns } = one.schema.columns;
      return { ...one, schema: { ...one.schema, columns } };
    });
    expect(() => checkAnalysis({ ...request, contributions })).toThrow(AnalysisError);
  });

  test('bounds of nothing, and a short key', () => {
    const bounded = (change: object) => requestOf(attribution, { bounding: { ...BOUNDING, ...change } });
    expect(() => checkAnalysis(bounded({ maxGroups: 0 }))).toThrow(AnalysisError);
    expect(() => checkAnalysis(bounded({ perGroup: 1.5 }))).toThrow(AnalysisError);
    expect(() => checkAnalysis(bounded({ key: Buffer.alloc(8) }))).toThrow(/too short/);
  });
});
