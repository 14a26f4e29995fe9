// Rules of the filters in the address: an address is a question, and what cannot be asked is left out of it.
import { expect, test } from 'vitest';
import { dayOf, instantOf, queryOf } from './filters.ts';

test('an address becomes a question in the words of the contract', () => {
  const address = new URLSearchParams(
    'event=delivery.completed&outcome=denied&subject=dlv_1&actor=mem_1&since=2026-06-01T08:00:00.000Z',
  );
  expect(queryOf(address)).toEqual({
    event: 'delivery.completed',
    outcome: 'denied',
    subject_id: 'dlv_1',
    actor_id: 'mem_1',
    since: '2026-06-01T08:00:00.000Z',
  });
});

test('what is empty, no outcome or no time is not asked', () => {
  expect(queryOf(new URLSearchParams('event=&outcome=perhaps&since=yesterday&until=&colour=red'))).toEqual({});
});

test('a day begins at midnight where the reader is, and is shown as that day again', () => {
  expect(instantOf('2026-06-01')).toBe(new Date(2026, 5, 1).toISOString());
  expect(dayOf('2026-06-01')).toBe('2026-06-01');
  expect(dayOf(new Date(2026, 5, 1, 23, 59).toISOString())).toBe('2026-06-01');
  expect(dayOf(null)).toBe('');
});
