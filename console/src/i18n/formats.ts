// Numbers, shares, sizes and instants as the reader's language writes them.
import { locale } from './i18n.ts';

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale.value, options).format(value);
}

/** Of a share in 0..1. Small shares keep the digits that make them different from nothing. */
export function formatShare(share: number): string {
  const digits = share !== 0 && Math.abs(share) < 0.01 ? 2 : share < 0.1 ? 1 : 0;
  return formatNumber(share, { style: 'percent', maximumFractionDigits: digits });
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return formatNumber(value, {
    style: 'unit',
    unit: BYTE_UNITS[step]!,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  });
}

/** An instant in the reader's own time zone. */
export function formatInstant(instant: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant));
}

export function formatDay(instant: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }).format(new Date(instant));
}

const SPANS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Such as "3 hours ago" or "in 2 days". */
export function formatDistance(instant: string, nowMs: number): string {
  const distanceMs = Date.parse(instant) - nowMs;
  const [unit, spanMs] = SPANS.find(([, ms]) => Math.abs(distanceMs) >= ms) ?? (['second', 1000] as const);
  return new Intl.RelativeTimeFormat(locale.value, { numeric: 'auto' }).format(Math.trunc(distanceMs / spanMs), unit);
}

/** Several names as one enumeration, as in "a, b and c". */
export function formatList(items: readonly string[], type: 'conjunction' | 'disjunction' = 'conjunction'): string {
  return new Intl.ListFormat(locale.value, { type }).format(items);
}
