// What is shown of a noised answer: cells past the threshold with their intervals, and ratios computed from shown cells alone.
import type { AnalysisResult } from '../../openapi/generated/api.ts';
import { matchRate } from '../../policies/aggregate-release.ts';
import { DEFAULTS } from '../../policies/limits.ts';
import {
  type MetricShape,
  type NoisedAnswer,
  type Showing,
  type ShownCell,
  type ShownMetric,
  shownMetric,
} from '../../policies/noised-answer.ts';
import { padded } from './answer-padding.ts';

type Ratio = AnalysisResult['ratios'][number];

export function shownResult(analysis: string, answer: NoisedAnswer, showing: Showing): AnalysisResult {
  const metrics = answer.metrics.map((metric) => shownMetric(metric, showing));
  return padded({ metrics, ratios: ratiosOf(analysis, metrics, showing) });
}

/** No cell reached the threshold, and nothing but that may be said. */
export function withheldResult(shapes: readonly MetricShape[], threshold: number): AnalysisResult {
  const remainder = { value: null, fewer_than: threshold, interval: null };
  return padded({ metrics: shapes.map(({ name, unit }) => ({ name, unit, cells: [], remainder })), ratios: [] });
}

function ratiosOf(analysis: string, metrics: readonly ShownMetric[], showing: Showing): Ratio[] {
  const persons = metrics.find(({ name }) => name === 'persons')?.cells ?? [];
  if (analysis === 'overlap') return matchRates(persons, showing);
  if (analysis === 'profile') return indices(persons);
  return analysis === 'conversion' ? conversionRates(persons) : [];
}

/** Of each contribution, the share of its persons who are in the other one. Of two contributions only. */
function matchRates(cells: readonly ShownCell[], { threshold }: Showing): Ratio[] {
  const names = Object.keys(cells[0]?.key ?? {});
  if (names.length !== 2) return [];
  const both = cells.find(({ key }) => names.every((name) => key[name] === 'yes'));
  return names.map((name): Ratio => {
    const alone = cells.find(({ key }) => names.every((each) => key[each] === (each === name ? 'yes' : 'no')));
    const rate =
      both?.value == null || alone?.value == null
        ? null
        : matchRate(both.value, both.value + alone.value, { threshold, multiple: DEFAULTS.roundTo });
    return { name: 'match-rate', key: { of: name }, value: rate, interval: null };
  });
}

/** The share of a cell among those of the subject, over its share among the rest: 120 is 20 % more than expected. */
function indices(cells: readonly ShownCell[]): Ratio[] {
  const rest = cells.filter(({ key }) => key.part === 'rest');
  if (rest.length === 0) return [];
  const subject = cells.filter(({ key }) => key.part !== 'rest');
  const whole = { subject: totalOf(subject), rest: totalOf(rest) };
  return subject.map((cell): Ratio => {
    const { part: _, ...key } = cell.key;
    const other = rest.find((candidate) => sameKey(candidate.key, { ...key, part: 'rest' }));
    if (!cell.interval || !other?.interval || cell.value === null || other.value === null) {
      return { name: 'index', key, value: null, interval: null };
    }
    const index = (mine: number, theirs: number) =>
      theirs === 0 ? Number.POSITIVE_INFINITY : Math.round((100 * mine * whole.rest) / (theirs * whole.subject));
    const interval = {
      low: index(cell.interval.low, other.interval.high),
      high: index(cell.interval.high, other.interval.low),
    };
    const isBounded = Number.isFinite(interval.high);
    return { name: 'index', key, value: String(index(cell.value, other.value)), interval: isBounded ? interval : null };
  });
}

/** Converters among the exposed and among the others, in percent. */
function conversionRates(cells: readonly ShownCell[]): Ratio[] {
  const converted = cells.filter(({ key }) => key.converted === 'yes');
  return converted.map((cell): Ratio => {
    const { converted: _, ...key } = cell.key;
    const other = cells.find((candidate) => sameKey(candidate.key, { ...cell.key, converted: 'no' }));
    if (!cell.interval || !other?.interval || cell.value === null || other.value === null) {
      return { name: 'conversion-rate', key, value: null, interval: null };
    }
    const percent = (yes: number, no: number) => (yes + no === 0 ? 0 : Math.round((1000 * yes) / (yes + no)) / 10);
    return {
      name: 'conversion-rate',
      key,
      value: `${percent(cell.value, other.value)}%`,
      interval: {
        low: percent(cell.interval.low, other.interval.high),
        high: percent(cell.interval.high, other.interval.low),
      },
    };
  });
}

function totalOf(cells: readonly ShownCell[]): number {
  return cells.reduce((sum, { value }) => sum + (value ?? 0), 0);
}

function sameKey(one: ShownCell['key'], other: ShownCell['key']): boolean {
  const names = Object.keys(other);
  return Object.keys(one).length === names.length && names.every((name) => one[name] === other[name]);
}
