// Cuts the values of one attribute into the regions that the conditions of a segment can tell apart, each with a value
// that stands for it. Conditions that agree on every region are the same condition, however they are written.
import type { CriterionKind } from '../../matching/criteria.ts';
import type { CriterionTest, SegmentScalar } from '../../matching/segment.ts';

/** A stretch of values. `from` says where it starts, in the attribute's own order; `value` is one of them, null for unknown. */
export interface Region {
  readonly from: string;
  readonly value: SegmentScalar | null;
}

/** In the attribute's order. The first is the unknown value, which is no neighbour of any other. */
export function regionsOf(
  kind: CriterionKind,
  tests: readonly CriterionTest[],
  categories?: readonly string[],
): Region[] {
  const constants = tests.flatMap(constantsOf);
  const unknown: Region = { from: 'unknown', value: null };
  if (kind === 'boolean') return [unknown, { from: 'false', value: false }, { from: 'true', value: true }];
  if (kind === 'category') return [unknown, ...categoryRegions(constants.map(String), categories)];
  return [unknown, ...(kind === 'date' ? dayRegions(constants.map(String)) : numberRegions(constants.map(Number)))];
}

/** As the engine decides it: an unknown value satisfies nothing. */
export function holds(test: CriterionTest, value: SegmentScalar | null): boolean {
  if (value === null) return false;
  if (test.operator === 'is-known') return true;
  if (test.operator === 'is-true') return value === true;
  if (test.operator === 'in') return test.value.some((each) => each === value);
  const { value: constant } = test;
  switch (test.operator) {
    case '=':
      return value === constant;
    case '!=':
      return value !== constant;
    case '<':
      return value < constant;
    case '<=':
      return value <= constant;
    case '>':
      return value > constant;
    case '>=':
      return value >= constant;
  }
}

function constantsOf(test: CriterionTest): readonly SegmentScalar[] {
  if (!('value' in test)) return [];
  return test.operator === 'in' ? test.value : [test.value];
}

/** Declared categories are all there are; otherwise there is always one more that no condition names. */
function categoryRegions(named: readonly string[], declared: readonly string[] | undefined): Region[] {
  const names = sortedSet(declared ?? named).map((name): Region => ({ from: `=${name}`, value: name }));
  return declared === undefined ? [{ from: 'other', value: `\u0000${named.join('\u0000')}` }, ...names] : names;
}

/** Before the first constant, at it, between it and the next, and so on. */
function numberRegions(constants: readonly number[]): Region[] {
  const cuts = [...new Set(constants)].sort((one, other) => one - other);
  const regions: Region[] = [{ from: '-', value: (cuts[0] ?? 0) - 1 }];
  for (const [index, cut] of cuts.entries()) {
    const next = cuts[index + 1];
    regions.push({ from: `=${cut}`, value: cut });
    regions.push({ from: `>${cut}`, value: next === undefined ? cut + Math.max(1, Math.abs(cut)) : (cut + next) / 2 });
  }
  return regions;
}

/** Days are whole, so that "before the 2nd" and "until the 1st" are one condition. */
function dayRegions(constants: readonly string[]): Region[] {
  const cuts = sortedSet(constants.flatMap((day) => [day, dayAfter(day)]));
  return [{ from: '-', value: '0000-01-01' }, ...cuts.map((day): Region => ({ from: day, value: day }))];
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
