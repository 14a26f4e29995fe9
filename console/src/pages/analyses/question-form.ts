// A question as it is being filled in, and the request that it becomes once nothing is missing. Each analysis takes its own fields.
import type { Analysis, Breakdown, RunRequest } from '../../../../openapi/generated/api.ts';

/** Everything that may be asked; what an analysis has no use for stays as it is and is not sent. */
export interface QuestionForm {
  readonly analysis: Analysis;
  readonly matchId: string;
  /** More than two contributions in place of a match, for an overlap. */
  readonly contributionIds: readonly string[];
  /** `alias.attribute`. */
  readonly breakdown: string;
  readonly second: string;
  /** Edges or labels, separated by commas. */
  readonly bins: string;
  readonly index: boolean;
  readonly segmentText: string;
  readonly events: string;
  readonly maxFrequency: string;
  readonly exposures: string;
  readonly purchases: string;
  readonly windowDays: string;
  readonly revenue: string;
  readonly revenueClamp: string;
  readonly channel: string;
  readonly model: 'last-touch' | 'linear';
  readonly from: string;
  readonly to: string;
}

export const EMPTY_QUESTION: QuestionForm = {
  analysis: 'overlap',
  matchId: '',
  contributionIds: [],
  breakdown: '',
  second: '',
  bins: '',
  index: true,
  segmentText: '',
  events: '',
  maxFrequency: '10',
  exposures: '',
  purchases: '',
  windowDays: '14',
  revenue: '',
  revenueClamp: '200',
  channel: '',
  model: 'last-touch',
  from: '',
  to: '',
};

/** undefined while something is missing. */
export function runRequest(form: QuestionForm): RunRequest | undefined {
  const { analysis, matchId } = form;
  if (analysis === 'overlap' && form.contributionIds.length >= 2) {
    return { analysis, contribution_ids: [...form.contributionIds] };
  }
  const fields = fieldsOf(form);
  if (matchId === '' || fields === undefined) return undefined;
  return { analysis, match_id: matchId, ...fields };
}

type Fields = Omit<RunRequest, 'analysis' | 'match_id'>;

function fieldsOf(form: QuestionForm): Fields | undefined {
  switch (form.analysis) {
    case 'overlap':
      return {};
    case 'profile':
      return profileFields(form);
    case 'segment-size':
      return form.segmentText === '' ? undefined : { segment_text: form.segmentText };
    case 'reach-frequency':
      if (form.events === '' || !isWhole(form.maxFrequency)) return undefined;
      return { events: form.events, max_frequency: Number(form.maxFrequency), ...periodOf(form) };
    case 'conversion':
      return conversionFields(form);
    case 'attribution':
      return attributionFields(form);
  }
}

function profileFields(form: QuestionForm): Fields | undefined {
  const first = breakdownOf(form.breakdown, form.bins);
  if (first === undefined) return undefined;
  const second = breakdownOf(form.second, '');
  return {
    breakdown: second === undefined ? [first] : [first, second],
    index: form.index,
    ...(form.segmentText === '' ? {} : { segment_text: form.segmentText }),
  };
}

function conversionFields(form: QuestionForm): Fields | undefined {
  const { exposures, purchases, windowDays, revenue, revenueClamp } = form;
  if (exposures === '' || purchases === '' || !isWhole(windowDays)) return undefined;
  const money =
    revenue === '' || !isWhole(revenueClamp)
      ? {}
      : { revenue_attribute: attributeOf(revenue), revenue_clamp: Number(revenueClamp) };
  return { exposures, purchases, window_days: Number(windowDays), ...money, ...periodOf(form) };
}

function attributionFields(form: QuestionForm): Fields | undefined {
  const { exposures, purchases, windowDays, channel, model } = form;
  if (exposures === '' || purchases === '' || channel === '' || !isWhole(windowDays)) return undefined;
  return {
    touches: exposures,
    purchases,
    channel_attribute: attributeOf(channel),
    window_days: Number(windowDays),
    model,
    ...periodOf(form),
  };
}

function periodOf({ from, to }: QuestionForm): Pick<RunRequest, 'period'> {
  return from === '' || to === '' ? {} : { period: { from, to } };
}

function breakdownOf(name: string, bins: string): Breakdown | undefined {
  const source = name.split('.')[0];
  if (source === undefined || source === '') return undefined;
  const edges = binsOf(bins);
  return { source, attribute: attributeOf(name), ...(edges.length === 0 ? {} : { bins: edges }) };
}

/** Numbers where all are numbers, labels or days otherwise. */
export function binsOf(text: string): (number | string)[] {
  const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  return parts.every((part) => Number.isFinite(Number(part))) ? parts.map(Number) : parts;
}

function attributeOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function isWhole(text: string): boolean {
  return /^[1-9]\d*$/.test(text);
}
