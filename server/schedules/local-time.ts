// Wall-clock time of a time zone, by the zone data of the runtime. Times that a change of clocks skips or repeats are read as
// RFC 5545 section 3.3.5 says: a skipped one by the offset before the gap, a repeated one as its first occurrence.

export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

export function localTimeOf(instantMs: number, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute') };
}

/** Milliseconds since the epoch. */
export function instantOfLocal(local: LocalTime, zone: string): number {
  const wall = wallMs(local);
  const before = offsetMs(wall - DAY_MS, zone);
  const candidates = [before, offsetMs(wall + DAY_MS, zone)].map((offset) => wall - offset);
  const valid = candidates.filter((instant) => instant + offsetMs(instant, zone) === wall);
  return valid.length === 0 ? wall - before : Math.min(...valid);
}

function offsetMs(instantMs: number, zone: string): number {
  const minute = Math.floor(instantMs / 60_000) * 60_000;
  return wallMs(localTimeOf(minute, zone)) - minute;
}

function wallMs({ year, month, day, hour, minute }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  formats.set(zone, made);
  return made;
}
