// When a schedule runs: a small part of the recurrence rules of RFC 5545 section 3.3.10, in the schedule's own time zone.
// Days, weeks and months are those of the wall clock; minutes and hours are counted from the start, whatever the clocks do.
import { HORIZON_DAYS, MIN_INTERVAL_MINUTES } from './limits.ts';
import { instantOfLocal, type LocalTime, localTimeOf } from './local-time.ts';

const FREQUENCIES = ['MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY'] as const;
type Frequency = (typeof FREQUENCIES)[number];

/** Monday first, as weeks begin. */
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

export interface Recurrence {
  readonly frequency: Frequency;
  readonly interval: number;
  /** 0 is Monday. Empty: the weekday of the start. */
  readonly weekdays: readonly number[];
  /** -1 is the last day. Empty: the day of the start. */
  readonly monthDays: readonly number[];
  /** Empty: the hour, and the minute, of the start. */
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
}

/** Says what is wrong with a rule and what could stand there. */
export class RecurrenceError extends Error {
  override readonly name = 'RecurrenceError';
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST: Readonly<Record<Frequency, number>> = {
  MINUTELY: 44_640,
  HOURLY: 744,
  DAILY: 366,
  WEEKLY: 52,
  MONTHLY: 12,
};
const ALLOWED: Readonly<Record<Frequency, readonly string[]>> = {
  MINUTELY: ['FREQ', 'INTERVAL'],
  HOURLY: ['FREQ', 'INTERVAL'],
  DAILY: ['FREQ', 'INTERVAL', 'BYHOUR', 'BYMINUTE'],
  WEEKLY: ['FREQ', 'INTERVAL', 'BYDAY', 'BYHOUR', 'BYMINUTE'],
  MONTHLY: ['FREQ', 'INTERVAL', 'BYMONTHDAY', 'BYHOUR', 'BYMINUTE'],
};

/** Such as `FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=6;BYMINUTE=30`. Throws RecurrenceError. */
export function parseRecurrence(rule: string): Recurrence {
  const parts = rule.split(';').map((part) => part.split('=') as [string, string | undefined]);
  const named = new Map(parts.map(([name, value]) => [name, value ?? '']));
  const frequency = FREQUENCIES.find((one) => one === named.get('FREQ'));
  if (frequency === undefined) throw new RecurrenceError(`FREQ must be one of ${FREQUENCIES.join(', ')}.`);
  if (named.size < parts.length) throw new RecurrenceError('Each part of a rule may stand in it once.');
  const unknown = [...named.keys()].find((name) => !ALLOWED[frequency].includes(name));
  if (unknown !== undefined)
    throw new RecurrenceError(`A ${frequency} rule takes ${ALLOWED[frequency].join(', ')} and nothing else.`);
  const numbers = (name: string, { least, most }: { least: number; most: number }): number[] =>
    numbersOf(name, named.get(name), { least, most });
  const [interval = 1] = numbers('INTERVAL', { least: 1, most: MOST[frequency] });
  const recurrence: Recurrence = {
    frequency,
    interval,
    weekdays: weekdaysOf(named.get('BYDAY')),
    monthDays: numbers('BYMONTHDAY', { least: -1, most: 31 }),
    hours: numbers('BYHOUR', { least: 0, most: 23 }),
    minutes: numbers('BYMINUTE', { least: 0, most: 59 }),
  };
  assertSpaced(recurrence);
  return recurrence;
}

/** The first run later than `afterMs`, and not before the start; undefined when none comes within the horizon. */
export function nextRunMs(
  recurrence: Recurrence,
  { startsAtMs, afterMs, zone }: { startsAtMs: number; afterMs: number; zone: string },
): number | undefined {
  const { frequency, interval } = recurrence;
  if (frequency === 'MINUTELY' || frequency === 'HOURLY') {
    const stepMs = interval * (frequency === 'HOURLY' ? 60 : 1) * MINUTE_MS;
    const steps = Math.max(0, Math.floor((afterMs - startsAtMs) / stepMs) + 1);
    return startsAtMs + steps * stepMs;
  }
  const start = localTimeOf(startsAtMs, zone);
  const firstDay = dayNumber(localTimeOf(Math.max(startsAtMs, afterMs), zone));
  for (let day = firstDay; day <= firstDay + HORIZON_DAYS; day++) {
    if (!isDayOf(recurrence, start, day)) continue;
    const runs = timesOn(recurrence, { start, day, zone }).filter((ms) => ms > afterMs && ms >= startsAtMs);
    if (runs.length > 0) return Math.min(...runs);
  }
  return undefined;
}

function isDayOf({ frequency, interval, weekdays, monthDays }: Recurrence, start: LocalTime, day: number): boolean {
  const first = dayNumber(start);
  if (frequency === 'DAILY') return (day - first) % interval === 0;
  if (frequency === 'WEEKLY') {
    const isItsWeek = (weekNumber(day) - weekNumber(first)) % interval === 0;
    return isItsWeek && (weekdays.length === 0 ? [weekdayOf(first)] : weekdays).includes(weekdayOf(day));
  }
  const date = new Date(day * DAY_MS);
  const months = (date.getUTCFullYear() - start.year) * 12 + date.getUTCMonth() + 1 - start.month;
  const isLast = new Date((day + 1) * DAY_MS).getUTCDate() === 1;
  const wanted = monthDays.length === 0 ? [start.day] : monthDays;
  return months % interval === 0 && (wanted.includes(date.getUTCDate()) || (isLast && wanted.includes(-1)));
}

function timesOn(
  { hours, minutes }: Recurrence,
  { start, day, zone }: { start: LocalTime; day: number; zone: string },
): number[] {
  const date = new Date(day * DAY_MS);
  const on = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  return (hours.length === 0 ? [start.hour] : hours).flatMap((hour) =>
    (minutes.length === 0 ? [start.minute] : minutes).map((minute) => instantOfLocal({ ...on, hour, minute }, zone)),
  );
}

/** Days since the epoch of a wall-clock date. */
function dayNumber({ year, month, day }: LocalTime): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;
const weekNumber = (day: number): number => Math.floor((day + 3) / 7);

function numbersOf(name: string, text: string | undefined, of: { least: number; most: number }): number[] {
  if (text === undefined) return [];
  const numbers = text.split(',').map((word) => (/^-?\d{1,5}$/.test(word) ? Number(word) : Number.NaN));
  const isWrong = (one: number) => !(one >= of.least && one <= of.most) || (one === 0 && of.least === -1);
  if (numbers.some(isWrong) || new Set(numbers).size < numbers.length || (name === 'INTERVAL' && numbers.length > 1))
    throw new RecurrenceError(`${name} takes whole numbers from ${of.least} to ${of.most}, each once.`);
  return numbers;
}

function weekdaysOf(text: string | undefined): number[] {
  if (text === undefined) return [];
  const days = text.split(',').map((word) => WEEKDAYS.findIndex((day) => day === word));
  if (days.includes(-1) || new Set(days).size < days.length)
    throw new RecurrenceError(`BYDAY takes ${WEEKDAYS.join(', ')}, each once.`);
  return days;
}

function assertSpaced({ frequency, interval, minutes }: Recurrence): void {
  const ascending = [...minutes].sort((one, other) => one - other);
  const gaps = ascending.map((minute, place) => (ascending[place + 1] ?? (ascending[0] ?? 0) + 60) - minute);
  const least = frequency === 'MINUTELY' ? interval : Math.min(60, ...gaps);
  if (least >= MIN_INTERVAL_MINUTES) return;
  throw new RecurrenceError(`Runs must be ${MIN_INTERVAL_MINUTES} minutes apart at least.`);
}
