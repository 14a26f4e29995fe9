// Test oracle: whether a segment selects a link, read as its definition says: unknown satisfies nothing.
import type { CriterionTest, Segment, SegmentScalar } from '../../segment.ts';
import type { Person } from './world.ts';

export function selects(segment: Segment, persons: readonly (Person | undefined)[]): boolean {
  if ('and' in segment) return segment.and.every((member) => selects(member, persons));
  if ('or' in segment) return segment.or.some((member) => selects(member, persons));
  if ('except' in segment) return selects(segment.except[0], persons) && !selects(segment.except[1], persons);
  return holds(segment.criterion, persons[Number(segment.criterion.source.slice(1))]);
}

function holds(test: CriterionTest, person: Person | undefined): boolean {
  const value = person?.attributes[test.attribute as keyof Person['attributes']] ?? null;
  if (value === null) return false;
  if (test.operator === 'is-known') return true;
  if (test.operator === 'is-true') return value === true;
  if (test.operator === 'in') return test.value.includes(value);
  return compares(value, test.operator, test.value);
}

function compares(value: SegmentScalar, operator: string, wanted: SegmentScalar): boolean {
  const outcome = value === wanted ? '=' : value < wanted ? '<' : '>';
  return operator === '!=' ? outcome !== '=' : operator.includes(outcome);
}
