// Segments against a library of criteria: the JSON form, kinds, plain language and the taxonomy.

import { describe, expect, test } from 'vitest';
import { type CriteriaBranch, type Criterion, criteriaTree, titleOfAttribute } from './criteria.ts';
import { SegmentError, type SegmentIssue } from './segment.ts';
import { describeSegment } from './segment-describe.ts';
import { validateSegment } from './segment-json.ts';
import { parseSegment } from './segment-parser.ts';
import { showSpot } from './segment-tokens.ts';

const LIBRARY: readonly Criterion[] = [
  {
    alias: 'osec',
    attribute: 'last_raincoat',
    kind: 'date',
    title: 'bought a raincoat',
    titles: { fr: 'achat d’un imperméable' },
    taxonomy: 'purchase/raincoat/last',
    origin: 'first-party',
  },
  {
    alias: 'osec',
    attribute: 'spend',
    kind: 'number',
    title: 'spend',
    taxonomy: 'purchase/spend',
    origin: 'first-party',
  },
  {
    alias: 'osec',
    attribute: 'complaint',
    kind: 'boolean',
    title: 'open complaint',
    taxonomy: '',
    origin: 'first-party',
  },
  {
    alias: 'rando',
    attribute: 'activity',
    kind: 'category',
    title: 'rents gear for',
    taxonomy: 'leisure/activity',
    origin: 'second-party',
    categories: ['hiking', 'climbing'],
  },
  {
    alias: 'rando',
    attribute: 'spend',
    kind: 'number',
    title: 'spend',
    taxonomy: 'leisure/spend',
    origin: 'second-party',
  },
];

function issuesOf(work: () => unknown): readonly SegmentIssue[] {
  try {
    work();
  } catch (error) {
    if (error instanceof SegmentError) return error.issues;
    throw error;
  }
  throw new Error('this segment was accepted');
}

function criterion(fields: Record<string, unknown>): unknown {
  return { criterion: { source: 'osec', attribute: 'spend', ...fields } };
}

describe('the JSON form', () => {
  test.each<[string, unknown, string]>([
    ['nothing', null, ''],
    ['two members at once', { and: [], or: [] }, ''],
    ['an unknown group', { not: [] }, '/not'],
    ['an empty group', { and: [] }, '/and'],
    ['three sides of except', { except: [1, 2, 3].map(() => criterion({ operator: 'is-known' })) }, '/except'],
    ['an unknown field', criterion({ operator: 'is-known', note: 'x' }), '/criterion/note'],
    ['an unknown operator', criterion({ operator: 'like', value: 'x' }), '/criterion/operator'],
    ['a missing value', criterion({ operator: '<' }), '/criterion/value'],
    ['a value too many', criterion({ operator: 'is-known', value: 1 }), '/criterion/value'],
    ['a nested value', criterion({ operator: 'in', value: [1, [2]] }), '/criterion/value/1'],
    ['an empty list', criterion({ operator: 'in', value: [] }), '/criterion/value'],
    ['a missing name', { or: [{ criterion: { attribute: 'x', operator: 'is-true' } }] }, '/or/0/criterion/source'],
    ['infinity', criterion({ operator: '<', value: Number.POSITIVE_INFINITY }), '/criterion/value'],
  ])('%s is refused with its pointer', (_case, json, pointer) => {
    expect(issuesOf(() => validateSegment(json))[0]?.pointer).toBe(pointer);
  });

  test('all issues are told at once', () => {
    const json = { and: [criterion({ operator: 'like' }), { nor: [] }, criterion({ operator: '<', value: null })] };
    expect(issuesOf(() => validateSegment(json)).map(({ pointer }) => pointer)).toEqual([
      '/and/0/criterion/operator',
      '/and/1/nor',
      '/and/2/criterion/value',
    ]);
  });

  test('a group of one is its member', () => {
    const one = criterion({ operator: 'is-known' });
    expect(validateSegment({ and: [{ or: [one] }] }, LIBRARY)).toEqual(one);
  });

  test('depth is bounded before it is read', () => {
    let json = criterion({ operator: 'is-known' });
    for (let depth = 0; depth < 5000; depth++) json = { and: [json] };
    expect(issuesOf(() => validateSegment(json))[0]?.code).toBe('segment_limit');
  });
});

describe('kinds', () => {
  test.each<[string, string, SegmentIssue['code'], string]>([
    ['osec.spent > 5', '^^^^^^^^^^', 'criterion_unknown', 'did you mean osec.spend?'],
    ['ocec.spend > 5', '^^^^^^^^^^', 'criterion_unknown', 'did you mean osec.spend?'],
    [
      'osec.complaint AND osec.spend',
      '                   ^^^^^^^^^^',
      'operator_not_allowed',
      'its operators: <, <=, >, >=, =, !=, in, is-known',
    ],
    ['osec.complaint < true', '               ^', 'operator_not_allowed', 'its operators: is-true, =, !=, is-known'],
    ['osec.spend > "5"', '             ^^^', 'value_invalid', 'write a number such as 12 or -3.5, without quotes'],
    ['osec.last_raincoat < "May"', '                     ^^^^^', 'value_invalid', 'write a day such as 2025-01-31'],
    [
      'rando.activity IN ("hiking", "hikin")',
      '                             ^^^^^^^',
      'category_unknown',
      'did you mean "hiking"?',
    ],
  ])('%s', (text, mark, code, hint) => {
    const [issue] = issuesOf(() => parseSegment(text, LIBRARY));
    expect(issue).toMatchObject({ code, hint });
    expect(issue && showSpot(text, issue)).toBe(`${text}\n${mark}`);
  });

  test('the same check on JSON gives the pointer', () => {
    const json = { except: [criterion({ operator: '>', value: 5 }), criterion({ operator: '>', value: '5' })] };
    expect(issuesOf(() => validateSegment(json, LIBRARY))[0]?.pointer).toBe('/except/1/criterion/value');
  });
});

describe('plain language', () => {
  const text =
    'osec.last_raincoat < 2025-01-01 AND rando.activity IN ("hiking", "climbing") AND osec.spend >= 1000.5 EXCEPT osec.complaint';

  test('English', () => {
    expect(describeSegment(parseSegment(text, LIBRARY), LIBRARY, { locale: 'en' })).toBe(
      'bought a raincoat before 2025-01-01 and rents gear for is “hiking” or “climbing” and spend at least 1,000.5, except open complaint',
    );
  });

  test('French', () => {
    expect(
      describeSegment(parseSegment(text, LIBRARY), LIBRARY, { locale: 'fr' }).replace(/[\u202f\u00a0]/g, ' '),
    ).toBe(
      'achat d’un imperméable avant le 2025-01-01 et rents gear for est « hiking » ou « climbing » et spend au moins 1 000,5, sauf open complaint',
    );
  });

  test('groups inside groups stand in parentheses, and equal titles name their owner', () => {
    const mixed = parseSegment('(osec.spend > 1 OR rando.spend > 1) AND osec.complaint = false', LIBRARY);
    expect(describeSegment(mixed, LIBRARY, { locale: 'en' })).toBe(
      '(spend (osec) more than 1 or spend (rando) more than 1) and not open complaint',
    );
  });

  test('an attribute without a criterion is told by its name', () => {
    expect(describeSegment(parseSegment('x.last_visit IS KNOWN'), [], { locale: 'en' })).toBe('last visit: known');
    expect(titleOfAttribute('last_raincoat')).toBe('last raincoat');
  });
});

test('the taxonomy groups criteria by path, each level in order', () => {
  const outline = (branch: CriteriaBranch): unknown => [
    branch.path,
    branch.criteria.map(({ attribute }) => attribute),
    ...branch.branches.map(outline),
  ];
  expect(outline(criteriaTree(LIBRARY))).toEqual([
    '',
    ['complaint'],
    ['leisure', ['activity', 'spend']],
    ['purchase', ['spend'], ['purchase/raincoat', ['last_raincoat']]],
  ]);
});
