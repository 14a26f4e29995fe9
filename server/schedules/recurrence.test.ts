// Recurrence by the wall clock of a zone, through changes of clocks, short months and leap days; and rules that are refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimeZone } from './local-time.ts';
import { nextRunMs, parseRecurrence, RecurrenceError } from './recurrence.ts';

function runs(rule: string, of: { zone?: string; startsAt: string; after?: string; count?: number }): string[] {
  const recurrence = parseRecurrence(rule);
  const startsAtMs = Date.parse(of.startsAt);
  const found: string[] = [];
  let afterMs = of.after === undefined ? startsAtMs - 1 : Date.parse(of.after);
  while (found.length < (of.count ?? 3)) {
    const next = nextRunMs(recurrence, { startsAtMs, afterMs, zone: of.zone ?? 'UTC' });
    if (next === undefined) break;
    found.push(new Date(next).toISOString().slice(0, 16));
    afterMs = next;
  }
  return found;
}

describe('runs', () => {
  test.each([
    [
      'every six hours from the start',
      'FREQ=HOURLY;INTERVAL=6',
      { startsAt: '2026-06-01T07:30:00Z', after: '2026-06-02T09:00:00Z' },
      ['2026-06-02T13:30', '2026-06-02T19:30', '2026-06-03T01:30'],
    ],
    [
      'each morning',
      'FREQ=DAILY;BYHOUR=6;BYMINUTE=30',
      { startsAt: '2026-06-01T07:30:00Z' },
      ['2026-06-02T06:30', '2026-06-03T06:30', '2026-06-04T06:30'],
    ],
    [
      'twice a day at the minute of the start',
      'FREQ=DAILY;BYHOUR=18,6',
      { startsAt: '2026-06-01T07:15:00Z' },
      ['2026-06-01T18:15', '2026-06-02T06:15', '2026-06-02T18:15'],
    ],
    [
      'every other week, weeks beginning on Monday',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO',
      { startsAt: '2026-06-03T08:00:00Z' },
      ['2026-06-07T08:00', '2026-06-15T08:00', '2026-06-21T08:00'],
    ],
    [
      'each 31st, only of months that have it',
      'FREQ=MONTHLY;BYMONTHDAY=31',
      { startsAt: '2026-03-01T08:00:00Z' },
      ['2026-03-31T08:00', '2026-05-31T08:00', '2026-07-31T08:00'],
    ],
    [
      'the last of each month',
      'FREQ=MONTHLY;BYMONTHDAY=-1',
      { startsAt: '2028-01-31T08:00:00Z' },
      ['2028-01-31T08:00', '2028-02-29T08:00', '2028-03-31T08:00'],
    ],
    [
      'the same wall-clock time on both sides of a change of clocks',
      'FREQ=DAILY;BYHOUR=6;BYMINUTE=0',
      { zone: 'Europe/Paris', startsAt: '2026-03-28T00:00:00Z' },
      ['2026-03-28T05:00', '2026-03-29T04:00', '2026-03-30T04:00'],
    ],
    [
      'a time that is skipped, by the offset before',
      'FREQ=DAILY;BYHOUR=2;BYMINUTE=30',
      { zone: 'Europe/Paris', startsAt: '2026-03-28T12:00:00Z' },
      ['2026-03-29T01:30', '2026-03-30T00:30', '2026-03-31T00:30'],
    ],
    [
      'a time that is repeated, once',
      'FREQ=DAILY;BYHOUR=2;BYMINUTE=30',
      { zone: 'Europe/Paris', startsAt: '2026-10-24T12:00:00Z' },
      ['2026-10-25T00:30', '2026-10-26T01:30', '2026-10-27T01:30'],
    ],
    [
      'across the date line',
      'FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0',
      { zone: 'Pacific/Auckland', startsAt: '2026-06-01T00:00:00Z' },
      ['2026-06-07T13:00', '2026-06-14T13:00', '2026-06-21T13:00'],
    ],
  ] as const)('%s', (_, rule, of, expected) => expect(runs(rule, of)).toEqual(expected));

  test('never, where no such day comes', () => {
    expect(runs('FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31', { startsAt: '2026-02-01T08:00:00Z' })).toEqual([]);
  });

  test('later than asked and not before the start, whatever the rule and the zone', () => {
    const rules = [
      'FREQ=MINUTELY;INTERVAL=15',
      'FREQ=HOURLY;INTERVAL=5',
      'FREQ=DAILY;BYHOUR=2',
      'FREQ=WEEKLY;BYDAY=TU',
      'FREQ=MONTHLY',
    ];
    const instants = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2030, 0, 1) });
    const zones = fc.constantFrom('UTC', 'Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
    fc.assert(
      fc.property(fc.constantFrom(...rules), zones, instants, instants, (rule, zone, startsAtMs, afterMs) => {
        const next = nextRunMs(parseRecurrence(rule), { startsAtMs, afterMs, zone });
        return next !== undefined && next > afterMs && next >= startsAtMs;
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['', 'FREQ'],
  ['FREQ=SECONDLY', 'FREQ'],
  ['FREQ=YEARLY', 'FREQ'],
  ['FREQ=MINUTELY;INTERVAL=14', '15 minutes'],
  ['FREQ=MINUTELY', '15 minutes'],
  ['FREQ=DAILY;BYHOUR=6;BYMINUTE=0,10', '15 minutes'],
  ['FREQ=DAILY;BYMINUTE=55,5', '15 minutes'],
  ['FREQ=DAILY;BYHOUR=24', 'BYHOUR'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
  ['FREQ=DAILY;INTERVAL=2,3', 'INTERVAL'],
  ['FREQ=DAILY;COUNT=3', 'nothing else'],
  ['FREQ=HOURLY;BYMINUTE=5', 'nothing else'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY'],
  ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY'],
  ['FREQ=MONTHLY;BYMONTHDAY=-2', 'BYMONTHDAY'],
  ['FREQ=DAILY;FREQ=DAILY', 'once'],
])('%j is refused', (rule, told) => {
  expect(() => parseRecurrence(rule)).toThrow(RecurrenceError);
  expect(() => parseRecurrence(rule)).toThrow(told);
});

test.each([
  ['Europe/Paris', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Europe/Nowhere', false],
  ['+02:00', false],
  ['', false],
])('%j is a time zone: %s', (name, is) => expect(isTimeZone(name)).toBe(is));
