// Checks a well-formed segment against a library of criteria: names known, operators and values of the right kind.

import { type Criterion, type CriterionKind, criterionName, findCriterion } from './criteria.ts';
import {
  type CriterionTest,
  isIsoDate,
  membersOf,
  type Segment,
  type SegmentIssue,
  type SegmentScalar,
} from './segment.ts';
import { SEGMENT_LIMITS } from './segment-limits.ts';

/** The operators that each kind of attribute knows. */
export const OPERATORS: Readonly<Record<CriterionKind, readonly CriterionTest['operator'][]>> = {
  boolean: ['is-true', '=', '!=', 'is-known'],
  category: ['=', '!=', 'in', 'is-known'],
  number: ['<', '<=', '>', '>=', '=', '!=', 'in', 'is-known'],
  date: ['<', '<=', '>', '>=', '=', '!=', 'in', 'is-known'],
};

const VALUE_HINTS: Readonly<Record<CriterionKind, string>> = {
  boolean: 'write true or false',
  category: 'write the category in double quotes, such as "hiking"',
  number: 'write a number such as 12 or -3.5, without quotes',
  date: 'write a day such as 2025-01-31',
};

/** Every issue, in reading order, with pointers into the JSON form; none for a segment that may be evaluated. */
export function checkSegment(segment: Segment, criteria: readonly Criterion[], pointer = ''): SegmentIssue[] {
  if ('criterion' in segment) return checkCriterion(segment.criterion, criteria, `${pointer}/criterion`);
  const [key] = Object.keys(segment);
  return membersOf(segment)
    .flatMap((member, n) => checkSegment(member, criteria, `${pointer}/${key}/${n}`))
    .slice(0, SEGMENT_LIMITS.maxIssues);
}

function checkCriterion(test: CriterionTest, criteria: readonly Criterion[], pointer: string): SegmentIssue[] {
  const criterion = findCriterion(criteria, test);
  if (criterion === undefined) return [unknownCriterion(test, criteria, pointer)];
  if (!OPERATORS[criterion.kind].includes(test.operator)) return [wrongOperator(test, criterion, pointer)];
  if (!('value' in test)) return [];
  const values = test.operator === 'in' ? test.value : [test.value];
  return values.flatMap((value, n) => {
    const issue = checkValue(value, criterion);
    return issue === undefined
      ? []
      : [{ ...issue, pointer: `${pointer}/value${test.operator === 'in' ? `/${n}` : ''}` }];
  });
}

function checkValue(value: SegmentScalar, criterion: Criterion): SegmentIssue | undefined {
  if (!isOfKind(value, criterion.kind)) {
    return {
      code: 'value_invalid',
      message: `${criterionName(criterion)} is a ${criterion.kind}; this value is none`,
      hint: VALUE_HINTS[criterion.kind],
    };
  }
  if (criterion.categories === undefined || criterion.categories.includes(String(value))) return undefined;
  const near = nearest(String(value), criterion.categories);
  return {
    code: 'category_unknown',
    message: `${criterionName(criterion)} has no such category`,
    hint: near === undefined ? `its categories: ${enumeration(criterion.categories)}` : `did you mean "${near}"?`,
  };
}

function isOfKind(value: SegmentScalar, kind: CriterionKind): boolean {
  if (kind === 'boolean') return typeof value === 'boolean';
  if (kind === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === 'string' && (kind === 'category' ? value !== '' : isIsoDate(value));
}

function wrongOperator(test: CriterionTest, criterion: Criterion, pointer: string): SegmentIssue {
  const name = criterionName(criterion);
  const bare = test.operator === 'is-true';
  return {
    code: 'operator_not_allowed',
    message: bare
      ? `${name} is a ${criterion.kind}, not a yes or no: an operator and a value are missing`
      : `${name} is a ${criterion.kind}; ${test.operator} is not for it`,
    hint: `its operators: ${OPERATORS[criterion.kind].join(', ')}`,
    pointer: `${pointer}/operator`,
  };
}

function unknownCriterion(test: CriterionTest, criteria: readonly Criterion[], pointer: string): SegmentIssue {
  const aliases = [...new Set(criteria.map(({ alias }) => alias))];
  const aliasKnown = aliases.includes(test.source);
  const asked = criterionName({ alias: test.source, attribute: test.attribute });
  const candidates = criteria.filter(({ alias }) => !aliasKnown || alias === test.source).map(criterionName);
  const near = nearest(asked, candidates);
  return {
    code: 'criterion_unknown',
    message: aliasKnown
      ? `${test.source} offers no attribute ${test.attribute}`
      : `nothing here is called ${test.source}`,
    hint: near !== undefined ? `did you mean ${near}?` : `there is: ${enumeration(aliasKnown ? candidates : aliases)}`,
    pointer: `${pointer}/${aliasKnown ? 'attribute' : 'source'}`,
  };
}

function enumeration(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** The candidate within a third of the asked name's letters, if one is. */
function nearest(asked: string, candidates: readonly string[]): string | undefined {
  const measured = candidates.map((name) => ({
    name,
    distance: editDistance(asked.toLowerCase(), name.toLowerCase()),
  }));
  const best = measured.sort((one, other) => one.distance - other.distance)[0];
  return best !== undefined && best.distance <= Math.max(1, asked.length / 3) ? best.name : undefined;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (other[j - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
