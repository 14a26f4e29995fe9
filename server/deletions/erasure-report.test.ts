// What an erasure tells of whom partners know.
import { expect, test } from 'vitest';
import { erasureReport } from './erasure-report.ts';

const OWN = { persons: 1, versions: 1, contributions: 1, suppressionEntries: 0 };

test('with collaborations the report is the same whether or not the person was matched and delivered', () => {
  const places = { matches: 3, audiences: 5 };
  const matched = { ...OWN, matches: 1, audiences: 2, deliveredIds: 1 };
  const unmatched = { ...OWN, matches: 0, audiences: 0, deliveredIds: 0 };
  expect(erasureReport(matched, places)).toEqual(erasureReport(unmatched, places));
  expect(erasureReport(matched, places)).toMatchObject({ matches: 3, audiences: 5, delivered_ids: null });
});

test('without any it tells what was found, which is the own data alone', () => {
  const counts = { ...OWN, matches: 0, audiences: 2, deliveredIds: 1 };
  expect(erasureReport(counts, undefined)).toMatchObject({ persons: 1, audiences: 2, delivered_ids: 1 });
});
