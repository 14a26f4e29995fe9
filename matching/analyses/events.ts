// Events of a dataset with an event time: the archive of records keeps every accepted row with its person, its instant and
// its own attributes, so that events follow replacing, upserting, deleting and key rotation without a table of their own.
import type { Params } from '../engine/engine.ts';
import { tableName } from '../engine/settings.ts';
import { isIsoDate } from '../segment.ts';
import { AnalysisError, type Period, type ResolvedContribution, type Side } from './analysis.ts';
import { MAX_EVENTS_PER_PERSON, MAX_WINDOW_DAYS } from './limits.ts';

export const DAY_MS = 86_400_000;

export interface EventSource {
  readonly side: Side;
  readonly contribution: ResolvedContribution;
  readonly records: string;
  /** The column of the instant in milliseconds since 1970. */
  readonly instant: string;
}

/** Throws AnalysisError when the dataset has no event time: then it knows persons and no events. */
export function eventSource(contributions: readonly ResolvedContribution[], side: Side, pointer: string): EventSource {
  const contribution = contributions[side === 'left' ? 0 : 1];
  if (contribution === undefined) throw new Error('a match has two sides');
  const place = Object.values(contribution.schema.columns).findIndex(({ role }) => role === 'event-time');
  if (place < 0) {
    throw new AnalysisError('event_time_missing', {
      pointer,
      hint: 'the schema of this side has no event-time column',
    });
  }
  const records = tableName(contribution.version, 'records');
  return { side, contribution, records, instant: archivedName(place) };
}

/** The column of an event's own attribute. Throws AnalysisError when there is none of this kind. */
export function eventAttribute(
  { contribution }: EventSource,
  wanted: { readonly attribute: string; readonly kind: 'category' | 'number'; readonly pointer: string },
): { readonly column: string; readonly categories: readonly string[] | undefined } {
  const { attribute, kind, pointer } = wanted;
  const column = contribution.schema.columns[attribute];
  if (column?.role !== 'attribute') {
    throw new AnalysisError('attribute_unknown', { pointer, hint: 'the dataset has no such attribute' });
  }
  if (column.kind !== kind) throw new AnalysisError('attribute_kind', { pointer, hint: `takes a ${kind}` });
  const place = Object.keys(contribution.schema.columns).indexOf(attribute);
  return { column: archivedName(place), categories: column.categories };
}

/** The latest events of a person in ascending order, by their instant or by a tuple that begins with it. */
export function latestSql(event: string): string {
  return `arraySlice(arraySort(groupArray(${event})), -${MAX_EVENTS_PER_PERSON})`;
}

/** The n-th column of the schema, as the archive of records names it. */
function archivedName(place: number): string {
  return `c_${place}`;
}

export interface PeriodSql {
  /** True for an instant of the period; `extraDays` moves its end. */
  within(instant: string, extraDays?: number): string;
  readonly params: Params;
}

/** Throws AnalysisError for days that do not exist or are the wrong way round. */
export function periodSql(period: Period | undefined): PeriodSql {
  if (period === undefined) return { within: () => '1', params: {} };
  const { from, to } = period;
  if (!isIsoDate(from) || !isIsoDate(to) || from > to) {
    throw new AnalysisError('question_invalid', {
      pointer: '/period',
      hint: 'two days, YYYY-MM-DD, the earlier first',
    });
  }
  const params = { from_ms: String(Date.parse(from)), to_ms: String(Date.parse(to) + DAY_MS) };
  return {
    within: (instant, extraDays = 0) =>
      `${instant} >= {from_ms:Float64} AND ${instant} < {to_ms:Float64} + ${extraDays * DAY_MS}`,
    params,
  };
}

export function requireWindow(windowDays: number): void {
  if (Number.isInteger(windowDays) && windowDays >= 1 && windowDays <= MAX_WINDOW_DAYS) return;
  const hint = `whole days, 1 to ${MAX_WINDOW_DAYS}`;
  throw new AnalysisError('question_invalid', { pointer: '/windowDays', hint });
}

/** Throws AnalysisError when both are the same side of the match. */
export function requireTwoSides(sides: { readonly one: Side; readonly other: Side; readonly pointer: string }): void {
  if (sides.one !== sides.other) return;
  throw new AnalysisError('same_side', { pointer: sides.pointer, hint: 'take the other side of the match' });
}
