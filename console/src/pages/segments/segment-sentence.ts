// A segment in plain language, in the reader's own: "last raincoat before 1 January 2025 and activity is hiking, except complaint".
import type { Criterion } from '../../../../openapi/generated/api.ts';
import { formatDay, formatList, formatNumber } from '../../i18n/formats.ts';
import { t } from '../../i18n/i18n.ts';
import type { Expression } from './segment-tree.ts';

interface Said {
  source: string;
  attribute: string;
  operator: string;
  value?: string | number | boolean | readonly (string | number)[];
}

export function segmentSentence(expression: Expression, criteria: readonly Criterion[]): string {
  if ('criterion' in expression) return criterionSentence(expression.criterion as Said, criteria);
  if ('except' in expression) {
    const [keep, drop] = membersOf(expression, 'except');
    return t('segments.say-except', { keep: within(keep!, criteria), drop: within(drop!, criteria) });
  }
  const kind = 'and' in expression ? 'and' : 'or';
  const members = membersOf(expression, kind).map((member) => within(member, criteria));
  return formatList(members, kind === 'and' ? 'conjunction' : 'disjunction');
}

function membersOf(expression: Expression, kind: string): Expression[] {
  return expression[kind] as Expression[];
}

/** A group within another stands in brackets, as in a formula. */
function within(expression: Expression, criteria: readonly Criterion[]): string {
  const sentence = segmentSentence(expression, criteria);
  return 'criterion' in expression ? sentence : `(${sentence})`;
}

const COMPARISONS = { '<': 'less', '<=': 'atMost', '>': 'more', '>=': 'atLeast', '=': 'is', '!=': 'isNot' } as const;
const DATE_COMPARISONS = {
  '<': 'before',
  '<=': 'until',
  '>': 'after',
  '>=': 'since',
  '=': 'is',
  '!=': 'isNot',
} as const;

function criterionSentence({ source, attribute, operator, value }: Said, criteria: readonly Criterion[]): string {
  const known = criteria.find((one) => one.source === source && one.attribute === attribute);
  const name = known?.title ?? attribute;
  if (operator === 'is-true') return name;
  if (operator === 'is-known') return t('segments.say-known', { name });
  if (Array.isArray(value)) {
    return t('segments.say-is', {
      name,
      value: formatList(
        value.map((one) => valueText(one, known)),
        'disjunction',
      ),
    });
  }
  const words = known?.kind === 'date' ? DATE_COMPARISONS : COMPARISONS;
  const word = words[operator as keyof typeof words] ?? 'is';
  return t(`segments.say-${word}`, { name, value: valueText(value as string | number | boolean, known) });
}

function valueText(value: string | number | boolean, known: Criterion | undefined): string {
  if (typeof value === 'boolean') return t(value ? 'segments.yes' : 'segments.no');
  if (typeof value === 'number') return formatNumber(value);
  return known?.kind === 'date' && /^\d{4}-\d\d-\d\d$/.test(value) ? formatDay(`${value}T12:00:00Z`) : value;
}
