// Months are those of the calendar, so that what was kept from the 31st does not end a day late.
import { expect, test } from 'vitest';
import { monthsAfter } from './expiry.ts';

test.each([
  ['2026-01-15T08:00:00.000Z', 13, '2027-02-15T08:00:00.000Z'],
  ['2026-01-31T08:00:00.000Z', 1, '2026-02-28T08:00:00.000Z'],
  ['2027-12-31T23:59:59.999Z', 2, '2028-02-29T23:59:59.999Z'],
  ['2026-03-01T00:00:00.000Z', -36, '2023-03-01T00:00:00.000Z'],
])('%s and %i months', (from, months, to) => expect(monthsAfter(from, months)).toBe(to));
