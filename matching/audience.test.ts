// Audiences against a plain reading of the segment, on both engines: unknown satisfies nothing, EXCEPT removes only the known.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Unreleased } from '../policies/release.ts';
import { dropAudience, evaluateAudience } from './audience.ts';
import { ATTRIBUTES, fillPairs, fillPeople, IDS, type PersonRow } from './audience-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS, openTestEngine, type TestEngine } from './engine/test-engine.ts';
import { type CriterionTest, type Segment, SegmentError, type SegmentScalar } from './segment.ts';
import { parseSegment } from './segment-parser.ts';
import { membersTable } from './tables.ts';

const SOURCES = [
  { alias: 'osec', version: IDS.leftVersion, side: 'left', attributes: ATTRIBUTES },
  { alias: 'rando', version: IDS.rightVersion, side: 'right', attributes: ATTRIBUTES },
] as const;

const ACTIVITIES = ['hiking', 'climbing', 'it\'s "odd"\\\t\nété', null] as const;
const DATES = ['1999-12-31', '2024-02-29', '2025-01-01', '2026-01-01', null] as const;
const SPENDS = [-1.5, 0, 10, 1e21, null] as const;

/** Every combination of the values above once, so that each comparison meets each value and NULL. */
const PEOPLE: PersonRow[] = [0, 1, null].flatMap((complaint) =>
  ACTIVITIES.flatMap((activity) =>
    SPENDS.flatMap((spend) => DATES.map((date) => ({ attributes: [complaint, activity, spend, date] }))),
  ),
);
const PAIRS = PEOPLE.slice(20).map((_, n): [number, number] => [n, (n * 7 + 3) % PEOPLE.length]);

function holds(test: CriterionTest, person: PersonRow | undefined): boolean {
  const value = person?.attributes?.[ATTRIBUTES.findIndex(({ attribute }) => attribute === test.attribute)] ?? null;
  if (value === null) return false;
  if (test.operator === 'is-known') return true;
  if (test.operator === 'is-true') return value === 1;
  const plain = (wanted: SegmentScalar) => (typeof wanted === 'boolean' ? Number(wanted) : wanted);
  if (test.operator === 'in') return test.value.map(plain).includes(value);
  const wanted = plain(test.value);
  const compared = value === wanted ? '=' : value < wanted ? '<' : '>';
  return { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '=': '=', '!=': '<>' }[test.operator].includes(compared);
}

function selects(segment: Segment, pair: readonly [number, number]): boolean {
  if ('and' in segment) return segment.and.every((member) => selects(member, pair));
  if ('or' in segment) return segment.or.some((member) => selects(member, pair));
  if ('except' in segment) return selects(segment.except[0], pair) && !selects(segment.except[1], pair);
  return holds(segment.criterion, PEOPLE[pair[segment.criterion.source === 'osec' ? 0 : 1]]);
}

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 60_000 }, (kind) => {
  let opened: TestEngine;
  let engine: Engine;

  beforeAll(async () => {
    opened = await openTestEngine(kind);
    engine = opened.engine;
    await fillPeople(engine, IDS.leftVersion, PEOPLE);
    await fillPeople(engine, IDS.rightVersion, PEOPLE);
    await fillPairs(engine, IDS.match, PAIRS);
  });
  afterAll(() => opened.close());

  async function members(): Promise<string[]> {
    const sql = `SELECT left_person AS l, right_person AS r FROM ${membersTable(IDS.audience).name}`;
    return (await engine.query<{ l: number; r: number }>(sql)).map(({ l, r }) => `${l}-${r}`).sort();
  }

  async function evaluate(segment: Segment): Promise<string[]> {
    await evaluateAudience(engine, { audience: IDS.audience, segment, sources: SOURCES, match: IDS.match });
    return members();
  }

  function expected(segment: Segment): string[] {
    return PAIRS.filter((pair) => selects(segment, pair))
      .map((pair) => pair.join('-'))
      .sort();
  }

  test.each([
    'osec.last_raincoat < 2025-01-01 AND rando.activity IN ("hiking") EXCEPT osec.complaint',
    'osec.activity != "hiking"',
    'osec.spend != 10 OR rando.spend <= 0',
    'osec.complaint = false AND rando.complaint != true',
    'osec.complaint IS KNOWN EXCEPT (rando.spend IN (10, -1.5, 1e21) EXCEPT osec.complaint)',
    'osec.last_raincoat IN (2024-02-29, 1999-12-31) AND (osec.spend > 0 OR rando.last_raincoat >= 2025-01-01)',
    'rando.activity = "it\'s \\"odd\\"\\\\\\t\\nété"',
    'osec.activity = "nowhere"',
  ])('%s', async (text) => {
    const segment = parseSegment(text);
    expect(await evaluate(segment)).toEqual(expected(segment));
  });

  const value = {
    activity: fc.constantFrom('hiking', 'climbing', 'other'),
    spend: fc.constantFrom(-1.5, 0, 10, 11),
    last_raincoat: fc.constantFrom('1999-12-31', '2025-01-01', '2200-01-01'),
    complaint: fc.boolean(),
  };
  const criterion = fc
    .record({
      source: fc.constantFrom('osec', 'rando'),
      attribute: fc.constantFrom('activity', 'spend', 'last_raincoat', 'complaint'),
    })
    .chain((named) => {
      const values = value[named.attribute as keyof typeof value] as fc.Arbitrary<SegmentScalar>;
      const ordered = named.attribute === 'spend' || named.attribute === 'last_raincoat';
      const operator = fc.constantFrom(...(ordered ? ['<', '<=', '>', '>=', '=', '!='] : ['=', '!=']));
      return fc.oneof(
        fc.record({ ...fixed(named), operator, value: values }),
        fc.record({ ...fixed(named), operator: fc.constant('is-known') }),
        ...(named.attribute === 'complaint'
          ? [fc.record({ ...fixed(named), operator: fc.constant('is-true') })]
          : [
              fc.record({
                ...fixed(named),
                operator: fc.constant('in'),
                value: fc.array(values, { minLength: 1, maxLength: 3 }),
              }),
            ]),
      );
    })
    .map((test): Segment => ({ criterion: test as CriterionTest }));
  const { segment } = fc.letrec<{ segment: Segment }>((tie) => ({
    segment: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      criterion,
      fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((and) => ({ and })),
      fc.array(tie('segment'), { minLength: 2, maxLength: 3 }).map((or) => ({ or })),
      fc.tuple(tie('segment'), tie('segment')).map((except) => ({ except })),
    ),
  }));

  test('any segment selects exactly the pairs that its reading selects', async () => {
    await fc.assert(
      fc.asyncProperty(segment, async (given) => {
        expect(await evaluate(given)).toEqual(expected(given));
      }),
      { numRuns: kind === 'embedded' ? 60 : 15 },
    );
  });

  test('over an own dataset a member is a person, and any segment selects those that its reading selects', async () => {
    const ownSegment = segment.map(
      (given) => JSON.parse(JSON.stringify(given).replaceAll('"rando"', '"osec"')) as Segment,
    );
    await fc.assert(
      fc.asyncProperty(ownSegment, async (own) => {
        await evaluateAudience(engine, { audience: IDS.audience, segment: own, sources: SOURCES.slice(0, 1) });
        expect(await members()).toEqual(PEOPLE.flatMap((_, n) => (selects(own, [n, n]) ? [`${n}-${n}`] : [])).sort());
      }),
      {
        numRuns: kind === 'embedded' ? 60 : 15,
        examples: [[parseSegment('osec.complaint EXCEPT osec.spend < 10')]],
      },
    );
  });

  test('the size is unreleased, and evaluating again starts over', async () => {
    const size = await evaluateAudience(engine, {
      audience: IDS.audience,
      segment: parseSegment('osec.complaint'),
      sources: SOURCES,
      match: IDS.match,
    });
    expect(size).toBeInstanceOf(Unreleased);
    expect(JSON.stringify(size)).toBe('"[unreleased]"');
    const once = await members();
    expect(await evaluate(parseSegment('osec.complaint'))).toEqual(once);
  });

  test('a segment that does not fit its sources is refused before any SQL', async () => {
    await expect(evaluate(parseSegment('osec.spend = "ten"'))).rejects.toThrow(SegmentError);
    await expect(evaluate(parseSegment('osec.nowhere'))).rejects.toThrow(SegmentError);
  });

  test('a dropped audience leaves no table', async () => {
    await evaluate(parseSegment('osec.complaint'));
    await dropAudience(engine, IDS.audience);
    expect((await engine.listTables()).filter((name) => name.startsWith(IDS.audience))).toEqual([]);
  });
});

function fixed(named: { source: string; attribute: string }) {
  return { source: fc.constant(named.source), attribute: fc.constant(named.attribute) };
}
