// A figure that may be shown: a value with its interval, or only the bound below which it lies. A withheld figure is never 0.
import type { Cell, ResultCell } from '../../../openapi/generated/api.ts';
import { formatNumber } from '../i18n/formats.ts';
import { t } from '../i18n/i18n.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface Figure {
  /** null when it may not be shown. */
  readonly value: number | null;
  /** The bound that it lies below, where it may not be shown. */
  readonly fewerThan: number | null;
  /** 95 %; null where there is none. */
  readonly interval: Interval | null;
}

export function figureOfCell({ value, fewer_than, interval }: Omit<ResultCell, 'key'>): Figure {
  return { value, fewerThan: fewer_than, interval };
}

export function figureOfCount(cell: Cell): Figure {
  return 'value' in cell
    ? { value: cell.value, fewerThan: null, interval: null }
    : { value: null, fewerThan: cell.fewer_than, interval: null };
}

export function exactFigure(value: number): Figure {
  return { value, fewerThan: null, interval: null };
}

/** Such as "5,910" or "fewer than 50". */
export function figureText({ value, fewerThan }: Figure): string {
  if (value !== null) return formatNumber(value);
  return fewerThan === null ? t('words.unknown') : t('words.fewerThan', { count: fewerThan });
}

export function intervalText({ interval }: Figure): string {
  if (interval === null) return '';
  return t('charts.between', { low: formatNumber(interval.low), high: formatNumber(interval.high) });
}

/** What a drawing may take it for: the most it can be if it is withheld, so that nothing is drawn smaller than it may be. */
export function drawnSize({ value, fewerThan }: Figure): number {
  return value ?? fewerThan ?? 0;
}

export function isWithheld({ value }: Figure): boolean {
  return value === null;
}
