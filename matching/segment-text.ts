// Writes the text form of a segment, with no parenthesis more than the tree needs: parsing it gives the same tree back.

import { type CriterionTest, isIsoDate, type Segment, type SegmentScalar } from './segment.ts';
import { BARE_NAME, KEYWORDS } from './segment-tokens.ts';

export function segmentText(segment: Segment): string {
  if ('criterion' in segment) return criterionText(segment.criterion);
  if ('and' in segment) return segment.and.map((member) => grouped(member, ['criterion'])).join(' AND ');
  if ('or' in segment) return segment.or.map((member) => grouped(member, ['criterion', 'and'])).join(' OR ');
  const [keep, drop] = segment.except;
  // EXCEPT reads from the left, so that only its right side needs parentheses around another EXCEPT.
  return `${segmentText(keep)} EXCEPT ${grouped(drop, ['criterion', 'and', 'or'])}`;
}

function grouped(member: Segment, bare: readonly string[]): string {
  const text = segmentText(member);
  return bare.some((key) => key in member) ? text : `(${text})`;
}

function criterionText(test: CriterionTest): string {
  const name = `${nameText(test.source)}.${nameText(test.attribute)}`;
  if (test.operator === 'is-true') return name;
  if (test.operator === 'is-known') return `${name} IS KNOWN`;
  if (test.operator === 'in') return `${name} IN (${test.value.map(scalarText).join(', ')})`;
  return `${name} ${test.operator} ${scalarText(test.value)}`;
}

function nameText(name: string): string {
  const isKeyword = KEYWORDS.some((keyword) => keyword === name.toUpperCase());
  return BARE_NAME.test(name) && !isKeyword ? name : JSON.stringify(name);
}

function scalarText(value: SegmentScalar): string {
  if (typeof value !== 'string') return String(value);
  return isIsoDate(value) ? value : JSON.stringify(value);
}
