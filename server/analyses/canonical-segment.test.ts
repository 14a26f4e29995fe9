// Segments that select the same persons have one form; segments that do not, have not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Criterion } from '../../matching/criteria.ts';
import { type CriterionTest, membersOf, type Segment, type SegmentScalar } from '../../matching/segment.ts';
import { parseSegment } from '../../matching/segment-parser.ts';
import { holds } from './attribute-regions.ts';
import { canonicalSegment, SegmentTooTangled } from './canonical-segment.ts';

const criterion = (attribute: string, kind: Criterion['kind'], categories?: string[]): Criterion => ({
  alias: 'osec',
  attribute,
  kind,
  title: attribute,
  taxonomy: attribute,
  origin: 'first-party',
  ...(categories === undefined ? {} : { categories }),
});
const CRITERIA = [
  criterion('complaint', 'boolean'),
  criterion('spend', 'number'),
  criterion('day', 'date'),
  criterion('region', 'category', ['north', 'south', 'west']),
  criterion('activity', 'category'),
];

const formOf = (segment: Segment) => canonicalSegment(segment, CRITERIA, ({ attribute }) => attribute);
const formOfText = (text: string) => formOf(parseSegment(text, CRITERIA));

describe('one form for', () => {
  it.each([
    ['order', 'osec.complaint AND osec.spend > 5', 'osec.spend > 5 AND osec.complaint'],
    ['a synonym of true', 'osec.complaint', 'osec.complaint = true'],
    ['a list of one', 'osec.region = "north"', 'osec.region IN ("north")'],
    ['a doubled condition', 'osec.spend > 5 AND osec.spend > 5', 'osec.spend > 5'],
    ['a weaker condition beside a stronger', 'osec.spend > 5 AND osec.spend > 3', 'osec.spend > 5'],
    ['the days before and until', 'osec.day < 2025-01-02', 'osec.day <= 2025-01-01'],
    ['every other category', 'osec.region != "north"', 'osec.region IN ("south", "west")'],
    [
      'double negation',
      'osec.spend > 5 EXCEPT (osec.spend > 5 EXCEPT osec.complaint)',
      'osec.complaint AND osec.spend > 5',
    ],
    ['absorption', 'osec.complaint OR (osec.complaint AND osec.spend > 5)', 'osec.complaint'],
    [
      'distribution',
      'osec.complaint AND (osec.spend > 5 OR osec.day > 2025-01-01)',
      '(osec.complaint AND osec.spend > 5) OR (osec.day > 2025-01-01 AND osec.complaint)',
    ],
    [
      'a dummy that all pass',
      '(osec.complaint EXCEPT osec.activity IN ("x")) OR (osec.complaint AND osec.activity = "x")',
      'osec.complaint',
    ],
    [
      'a dummy category',
      '(osec.activity = "hiking" OR osec.activity = "climbing") EXCEPT osec.activity = "climbing"',
      'osec.activity = "hiking"',
    ],
    ['a value cut in two', 'osec.spend < 5 OR osec.spend = 5 OR osec.spend > 5', 'osec.spend IS KNOWN'],
  ])('%s', (_, one, other) => {
    expect(formOfText(one)).toEqual(formOfText(other));
  });

  it('nobody, however it is written', () => {
    expect(formOfText('osec.complaint EXCEPT osec.complaint')).toBe('nobody');
    expect(formOfText('osec.spend > 5 AND osec.spend < 5')).toBe('nobody');
  });
});

describe('another form for', () => {
  it.each([
    ['a range shifted by one day', 'osec.day < 2025-01-01', 'osec.day < 2025-01-02'],
    ['unlike and unknown', 'osec.complaint = false', 'osec.complaint != true AND osec.spend IS KNOWN'],
    ['a closed end', 'osec.spend < 5', 'osec.spend <= 5'],
  ])('%s', (_, one, other) => {
    expect(formOfText(one)).not.toEqual(formOfText(other));
  });
});

const test = fc.oneof(
  fc.constant<CriterionTest>({ source: 'osec', attribute: 'complaint', operator: 'is-true' }),
  fc.constant<CriterionTest>({ source: 'osec', attribute: 'spend', operator: 'is-known' }),
  fc.record({
    source: fc.constant('osec'),
    attribute: fc.constant('spend'),
    operator: fc.constantFrom('<', '<=', '>', '>=', '=', '!=') as fc.Arbitrary<'<'>,
    value: fc.constantFrom<SegmentScalar>(1, 2, 3),
  }),
  fc.record({
    source: fc.constant('osec'),
    attribute: fc.constant('activity'),
    operator: fc.constant('in' as const),
    value: fc.subarray<SegmentScalar>(['a', 'b', 'c'], { minLength: 1 }),
  }),
);
const { segment: anySegment } = fc.letrec<{ segment: Segment }>((tie) => ({
  segment: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    test.map((criterion): Segment => ({ criterion })),
    fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((and): Segment => ({ and })),
    fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((or): Segment => ({ or })),
    fc.tuple(tie('segment'), tie('segment')).map((except): Segment => ({ except })),
  ),
}));

const PEOPLE = [null, true, false].flatMap((complaint) =>
  [null, 0, 1, 1.5, 2, 2.5, 3, 4].flatMap((spend) =>
    [null, 'a', 'b', 'c', 'd'].map((activity) => ({ complaint, spend, activity })),
  ),
);

function selects(segment: Segment, person: Record<string, SegmentScalar | null>): boolean {
  if ('criterion' in segment) return holds(segment.criterion, person[segment.criterion.attribute] ?? null);
  const members = membersOf(segment).map((member) => selects(member, person));
  if ('and' in segment) return members.every(Boolean);
  return 'or' in segment ? members.some(Boolean) : members[0] === true && members[1] === false;
}

describe('two segments', () => {
  it('have one form exactly when they select the same persons', () => {
    fc.assert(
      fc.property(anySegment, anySegment, (one, other) => {
        const same = PEOPLE.every((person) => selects(one, person) === selects(other, person));
        expect(JSON.stringify(formOf(one)) === JSON.stringify(formOf(other))).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('are refused rather than compared by their letters when that would take for ever', () => {
    const attributes = Array.from({ length: 40 }, (_, n) => criterion(`n${n}`, 'number'));
    const equal = (n: number): Segment => ({
      criterion: { source: 'osec', attribute: `n${n}`, operator: '=', value: 1 },
    });
    const pairs = Array.from({ length: 20 }, (_, n): Segment => ({ and: [equal(n), equal(n + 20)] }));
    expect(() => canonicalSegment({ or: pairs }, attributes, ({ attribute }) => attribute)).toThrow(SegmentTooTangled);
  });
});
