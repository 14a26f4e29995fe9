// A question as filled in becomes the contract's request with just the fields that its analysis takes, or none while something is missing.
import { describe, expect, test } from 'vitest';
import { binsOf, EMPTY_QUESTION, type QuestionForm, runRequest } from './question-form.ts';
import { percentOf, readable } from './result-words.ts';

const FILLED: QuestionForm = {
  ...EMPTY_QUESTION,
  matchId: 'mat_1',
  breakdown: 'osec.loyalty',
  segmentText: 'osec.complaint',
  events: 'views',
  exposures: 'views',
  purchases: 'orders',
  revenue: 'orders.amount',
  channel: 'views.channel',
  from: '2026-01-01',
  to: '2026-02-01',
};
const period = { from: '2026-01-01', to: '2026-02-01' };

describe('a request', () => {
  test.each([
    ['overlap', {}],
    ['profile', { breakdown: [{ source: 'osec', attribute: 'loyalty' }], index: true, segment_text: 'osec.complaint' }],
    ['segment-size', { segment_text: 'osec.complaint' }],
    ['reach-frequency', { events: 'views', max_frequency: 10, period }],
    [
      'conversion',
      {
        exposures: 'views',
        purchases: 'orders',
        window_days: 14,
        revenue_attribute: 'amount',
        revenue_clamp: 200,
        period,
      },
    ],
    [
      'attribution',
      {
        touches: 'views',
        purchases: 'orders',
        channel_attribute: 'channel',
        window_days: 14,
        model: 'last-touch',
        period,
      },
    ],
  ] as const)('for %s has what it takes and nothing else', (analysis, fields) => {
    expect(runRequest({ ...FILLED, analysis })).toEqual({ analysis, match_id: 'mat_1', ...fields });
  });

  test.each([
    ['profile', { breakdown: '' }],
    ['segment-size', { segmentText: '' }],
    ['reach-frequency', { maxFrequency: '0' }],
    ['conversion', { purchases: '' }],
    ['conversion', { windowDays: '1.5' }],
    ['attribution', { channel: '' }],
    ['overlap', { matchId: '' }],
  ] as const)('for %s is none while %o is missing', (analysis, part) => {
    expect(runRequest({ ...FILLED, analysis, ...part })).toBeUndefined();
  });

  test('for the overlap of several contributions names these in place of a match', () => {
    const contributionIds = ['con_1', 'con_2', 'con_3'];
    expect(runRequest({ ...FILLED, contributionIds })).toEqual({
      analysis: 'overlap',
      contribution_ids: contributionIds,
    });
  });
});

test('edges are numbers where all are, and labels or days otherwise', () => {
  expect(binsOf('10, 50,100')).toEqual([10, 50, 100]);
  expect(binsOf('2025-01-01, 2026-01-01')).toEqual(['2025-01-01', '2026-01-01']);
  expect(binsOf(' , ')).toEqual([]);
});

test('ratios are read as percent, and names made readable', () => {
  expect(['21.4%', '>85%', null].map(percentOf)).toEqual([21.4, 85, null]);
  expect(readable('last_raincoat')).toBe('Last raincoat');
});
