// A segment: the rule that selects an audience, as a tree of AND, OR and EXCEPT over criteria.
// Two forms, JSON and text, hold the same tree; see docs/segments.md for the grammar.

export type Comparison = '<' | '<=' | '>' | '>=' | '=' | '!=';
export type SegmentScalar = string | number | boolean;

interface Named {
  readonly source: string;
  readonly attribute: string;
}

/** One condition on one attribute of one source. A date is a string `YYYY-MM-DD`, as JSON has no dates. */
export type CriterionTest =
  | (Named & { readonly operator: Comparison; readonly value: SegmentScalar })
  | (Named & { readonly operator: 'in'; readonly value: readonly SegmentScalar[] })
  | (Named & { readonly operator: 'is-true' })
  | (Named & { readonly operator: 'is-known' });

/** Groups hold two members or more; `except` keeps the first and drops the second. */
export type Segment =
  | { readonly and: readonly Segment[] }
  | { readonly or: readonly Segment[] }
  | { readonly except: readonly [Segment, Segment] }
  | { readonly criterion: CriterionTest };

export const COMPARISONS: readonly Comparison[] = ['<', '<=', '>', '>=', '=', '!='];

export type SegmentIssueCode =
  | 'segment_syntax'
  | 'segment_shape'
  | 'segment_limit'
  | 'criterion_unknown'
  | 'operator_not_allowed'
  | 'value_invalid'
  | 'category_unknown';

/** Where a segment is wrong: `pointer` into the JSON form, and for the text form the spot as well (line and column from 1). */
export interface SegmentIssue {
  readonly code: SegmentIssueCode;
  readonly message: string;
  readonly hint: string;
  readonly pointer?: string;
  readonly offset?: number;
  readonly length?: number;
  readonly line?: number;
  readonly column?: number;
}

/** A segment that cannot be accepted: every issue found, the first of them in the fields. */
export class SegmentError extends Error {
  readonly issues: readonly SegmentIssue[];
  readonly code: SegmentIssueCode;
  readonly hint: string;
  readonly pointer: string | undefined;
  readonly offset: number | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(issues: readonly [SegmentIssue, ...SegmentIssue[]]) {
    const [first] = issues;
    super(first.message);
    this.name = 'SegmentError';
    this.issues = issues;
    this.code = first.code;
    this.hint = first.hint;
    this.pointer = first.pointer;
    this.offset = first.offset;
    this.line = first.line;
    this.column = first.column;
  }
}

/** The criteria of a segment in reading order. */
export function listCriteria(segment: Segment): CriterionTest[] {
  if ('criterion' in segment) return [segment.criterion];
  return membersOf(segment).flatMap(listCriteria);
}

/** The members of a group. */
export function membersOf(group: Exclude<Segment, { criterion: CriterionTest }>): readonly Segment[] {
  if ('and' in group) return group.and;
  return 'or' in group ? group.or : group.except;
}

/** True for a day that exists, as `YYYY-MM-DD` from 1900 to 2299: the range the engine's dates hold. */
export function isIsoDate(text: string): boolean {
  if (!/^(19|2[0-2])\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
