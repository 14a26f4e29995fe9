// The text form of segments: precedence, literals, the round trip, and errors that point at the spot.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CriterionTest, type Segment, SegmentError, type SegmentIssue } from './segment.ts';
import { validateSegment } from './segment-json.ts';
import { SEGMENT_LIMITS } from './segment-limits.ts';
import { parseSegment } from './segment-parser.ts';
import { segmentText } from './segment-text.ts';
import { showSpot } from './segment-tokens.ts';

function bare(attribute: string): Segment {
  return { criterion: { source: 'a', attribute, operator: 'is-true' } };
}

function issueOf(text: string): SegmentIssue {
  try {
    parseSegment(text);
  } catch (error) {
    if (error instanceof SegmentError && error.issues[0] !== undefined) return error.issues[0];
    throw error;
  }
  throw new Error('this text was accepted');
}

describe('reading', () => {
  test('the example of the quickstart reads as an AND with an EXCEPT around it', () => {
    expect(
      parseSegment('osec.last_raincoat < 2025-01-01 AND rando.activity IN ("hiking") EXCEPT osec.complaint'),
    ).toEqual({
      except: [
        {
          and: [
            { criterion: { source: 'osec', attribute: 'last_raincoat', operator: '<', value: '2025-01-01' } },
            { criterion: { source: 'rando', attribute: 'activity', operator: 'in', value: ['hiking'] } },
          ],
        },
        { criterion: { source: 'osec', attribute: 'complaint', operator: 'is-true' } },
      ],
    });
  });

  test.each<[string, Segment]>([
    ['a.x OR a.y AND a.z', { or: [bare('x'), { and: [bare('y'), bare('z')] }] }],
    ['(a.x OR a.y) AND a.z', { and: [{ or: [bare('x'), bare('y')] }, bare('z')] }],
    ['a.x OR a.y EXCEPT a.z OR a.w', { except: [{ or: [bare('x'), bare('y')] }, { or: [bare('z'), bare('w')] }] }],
    ['a.x EXCEPT a.y EXCEPT a.z', { except: [{ except: [bare('x'), bare('y')] }, bare('z')] }],
    ['a.x EXCEPT (a.y EXCEPT a.z)', { except: [bare('x'), { except: [bare('y'), bare('z')] }] }],
    ['a.x AND a.y AND a.z', { and: [bare('x'), bare('y'), bare('z')] }],
    ['(a.x AND a.y) AND a.z', { and: [{ and: [bare('x'), bare('y')] }, bare('z')] }],
    ['((a.x))', bare('x')],
    ['a.x and\n\ta.y', { and: [bare('x'), bare('y')] }],
  ])('%s', (text, segment) => {
    expect(parseSegment(text)).toEqual(segment);
  });

  test.each<[string, Partial<CriterionTest> & { value?: unknown }]>([
    ['a.x = -12.5e2', { operator: '=', value: -1250 }],
    ['a.x != true', { operator: '!=', value: true }],
    ['a.x = "say \\"hi\\" \\u00e9"', { operator: '=', value: 'say "hi" é' }],
    ['a.x>=2024-02-29', { operator: '>=', value: '2024-02-29' }],
    ['a.x in (1,2 , 3)', { operator: 'in', value: [1, 2, 3] }],
    ['a.x is known', { operator: 'is-known' }],
    ['"my source"."last raincoat" < 1', { source: 'my source', attribute: 'last raincoat' }],
    ['a.in IN ("x")', { attribute: 'in', operator: 'in' }],
    ['rando-plus.activité = "x"', { source: 'rando-plus', attribute: 'activité' }],
  ])('%s', (text, part) => {
    const segment = parseSegment(text);
    expect('criterion' in segment && segment.criterion).toMatchObject(part);
  });
});

describe('round trip', () => {
  const name = fc.oneof(
    fc.constantFrom('osec', 'rando-plus', 'and', 'Known', 'true', 'last raincoat', '3d', 'é', '"', 'a.b', '-x'),
    fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  );
  const scalar = fc.oneof(
    fc.string({ maxLength: 20, unit: 'grapheme' }),
    fc.constantFrom('2025-01-01', '2025-02-30', 'true', '12', '\\', '"', '\n'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
    fc.boolean(),
  );
  const named = { source: name, attribute: name };
  const criterion: fc.Arbitrary<Segment> = fc
    .oneof(
      fc.record({ ...named, operator: fc.constantFrom('<', '<=', '>', '>=', '=', '!='), value: scalar }),
      fc.record({ ...named, operator: fc.constant('in'), value: fc.array(scalar, { minLength: 1, maxLength: 4 }) }),
      fc.record({ ...named, operator: fc.constantFrom('is-true', 'is-known') }),
    )
    .map((test) => ({ criterion: test as CriterionTest }));
  const { segment } = fc.letrec<{ segment: Segment }>((tie) => ({
    segment: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      criterion,
      fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((or) => ({ or })),
      fc.tuple(tie('segment'), tie('segment')).map((except) => ({ except })),
    ),
  }));
  const fits = (candidate: Segment) =>
    JSON.stringify(candidate).split('"criterion":').length <= SEGMENT_LIMITS.maxCriteria;

  test('parsing the text of a segment gives the segment back, and the text is stable', () => {
    fc.assert(
      fc.property(segment.filter(fits), (given) => {
        const text = segmentText(given);
        expect(parseSegment(text)).toEqual(given);
        expect(segmentText(parseSegment(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('what the text form says the JSON form accepts unchanged', () => {
    fc.assert(
      fc.property(segment.filter(fits), (given) => {
        expect(validateSegment(JSON.parse(JSON.stringify(parseSegment(segmentText(given)))))).toEqual(given);
      }),
    );
  });

  test('any text is either read or refused with a spot inside it', () => {
    const scrap = fc.constantFrom(
      'a',
      '.',
      'x',
      ' AND ',
      ' OR ',
      ' EXCEPT ',
      '(',
      ')',
      '<',
      '=',
      '1',
      '"',
      'é',
      ' IN ',
      ',',
      '\n',
      '2025-01-01',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(scrap, { maxLength: 15 }).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseSegment(text);
          } catch (error) {
            expect(error).toBeInstanceOf(SegmentError);
            const { offset, hint } = error as SegmentError;
            expect(offset).toBeGreaterThanOrEqual(0);
            expect(offset).toBeLessThanOrEqual(text.length);
            expect(hint).not.toBe('');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('errors point at the spot', () => {
  test.each<[string, string, string]>([
    ['', '', 'a criterion is missing here'],
    ['osec', '    ^', 'a dot and the attribute are missing after osec'],
    ['osec.x AND', '          ^', 'a criterion is missing here'],
    ['osec.x AND AND osec.y', '           ^^^', 'a criterion is missing here'],
    ['(osec.x OR osec.y', '^', 'a parenthesis is not closed'],
    ['osec.x)', '      ^', 'a closing parenthesis without an opening one'],
    ['osec.x osec.y', '       ^^^^', 'AND, OR or EXCEPT is missing here'],
    ['osec.x < 2025-13-01', '         ^^^^^^^^^^', '2025-13-01 is not a day'],
    ['osec.x < hiking', '         ^^^^^^', 'a value is missing here'],
    ["osec.x = 'hiking'", '         ^', "unexpected character '"],
    ['osec.x IN "hiking"', '          ^^^^^^^^', 'a list in parentheses is missing after IN'],
    ['osec.x IN ("hiking" "rain")', '                    ^^^^^^', 'a comma or ) is missing in the list'],
    ['osec.x IS 5', '          ^', 'KNOWN is missing after IS'],
    ['osec.x = "hiking', '         ^^^^^^^', 'a quoted value is not closed'],
    ['osec.x < 12abc', '         ^^^^^', 'not a number and not a date'],
    ['NOT osec.x', '^^^', 'a criterion is missing here'],
  ])('%s', (text, mark, message) => {
    const issue = issueOf(text);
    expect(issue.message).toBe(message);
    if (mark !== '') expect(showSpot(text, issue)).toBe(`${text}\n${mark}`);
  });

  test('line and column count from 1, in characters', () => {
    const issue = issueOf('osec.x\n  AND "é𝒳".y ?');
    expect(issue).toMatchObject({ line: 2, column: 14, offset: 21 });
  });

  test('text, depth, criteria and lists have limits', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}a.x${')'.repeat(depth)}`;
    const joined = (count: number) => Array.from({ length: count }, () => 'a.x').join(' AND ');
    const list = (count: number) => `a.x IN (${Array.from({ length: count }, () => '1').join(',')})`;
    expect(parseSegment(nested(SEGMENT_LIMITS.maxDepth))).toEqual(bare('x'));
    expect(issueOf(nested(SEGMENT_LIMITS.maxDepth + 1)).code).toBe('segment_limit');
    expect(parseSegment(joined(SEGMENT_LIMITS.maxCriteria))).toHaveProperty('and');
    expect(issueOf(joined(SEGMENT_LIMITS.maxCriteria + 1)).code).toBe('segment_limit');
    expect(issueOf(list(SEGMENT_LIMITS.maxListValues + 1)).code).toBe('segment_limit');
    expect(issueOf(' '.repeat(SEGMENT_LIMITS.maxTextLength + 1)).code).toBe('segment_limit');
    expect(issueOf(Array.from({ length: 30 }, () => 'a.x').join(' EXCEPT ')).code).toBe('segment_limit');
    expect(issueOf(`a.x = "${'y'.repeat(SEGMENT_LIMITS.maxStringLength + 1)}"`).code).toBe('segment_limit');
  });
});
