// What follows from two questions alone, and what must be counted.
import { describe, expect, it } from 'vitest';
import type { Criterion } from '../../matching/criteria.ts';
import { parseSegment } from '../../matching/segment-parser.ts';
import { comparisonOf, isToldAlready, type ToldBefore, type ToldQuestion } from './told-question.ts';

const criterion = (alias: string, attribute: string, kind: Criterion['kind']): Criterion => ({
  alias,
  attribute,
  kind,
  title: attribute,
  taxonomy: attribute,
  origin: 'first-party',
});
const CRITERIA = [criterion('osec', 'spend', 'number'), criterion('rando', 'activity', 'category')];
const source = (alias: string) => ({
  alias,
  datasetId: `dts ${alias}`,
  version: 'dsv 1',
  contribution: `con ${alias}`,
});

function asking(text: string, change: Partial<ToldQuestion> = {}): ToldQuestion {
  return {
    sources: [source('osec'), source('rando')],
    types: ['email', 'phone'],
    cardinality: 'one-to-one',
    segment: parseSegment(text),
    deliveredSide: 'right',
    columns: [3],
    allowed: { left: [1, 2], right: [1] },
    policySetHash: 'a',
    suppressions: ['sup_a 10'],
    ...change,
  };
}

const telling = { audience: 'aud', destination: 'dst', round: 1 };
const told = (question: ToldQuestion | undefined, isConfirmed = true): ToldBefore => ({
  telling,
  question,
  isConfirmed,
});
const ways = (now: ToldQuestion, before: ToldBefore) => comparisonOf(now, before, CRITERIA)?.ways;

const HIKERS = 'osec.spend > 10 AND rando.activity IN ("hiking")';
const FEWER = 'osec.spend > 20 AND rando.activity IN ("hiking")';

describe('the same question', () => {
  it.each([
    ['written again', HIKERS],
    ['in another order', 'rando.activity IN ("hiking") AND osec.spend > 10'],
    ['with a condition that changes nothing', `${HIKERS} AND osec.spend > 5`],
  ])('%s was told already', (_how, text) => {
    expect(isToldAlready(asking(text), told(asking(HIKERS)), CRITERIA)).toBe(true);
    expect(comparisonOf(asking(text), told(asking(HIKERS)), CRITERIA)).toBeUndefined();
  });

  it('was told already when consent was only taken back, and suppression only added', () => {
    const fewer = asking(HIKERS, { allowed: { left: [1], right: [1] }, suppressions: ['sup_a 11', 'sup_b 1'] });
    expect(isToldAlready(fewer, told(asking(HIKERS)), CRITERIA)).toBe(true);
  });

  it.each<[string, Partial<ToldQuestion>]>([
    ['a consent class more', { allowed: { left: [1, 2, 3], right: [1] } }],
    ['a suppression list less', { suppressions: [] }],
    ['another column of ids', { columns: [4] }],
    ['the other side', { deliveredSide: 'left' }],
    ['another load', { sources: [source('osec'), { ...source('rando'), version: 'dsv 2' }] }],
    ['a contribution refreshed', { sources: [source('osec'), { ...source('rando'), contribution: 'con 2' }] }],
    ['other policies', { policySetHash: 'b' }],
    ['other identifiers', { types: ['email'] }],
  ])('is another one with %s', (_what, change) => {
    expect(isToldAlready(asking(HIKERS, change), told(asking(HIKERS)), CRITERIA)).toBe(false);
    expect(ways(asking(HIKERS, change), told(asking(HIKERS)))).toContain('added');
  });

  it('cannot be told of a telling that is not on record', () => {
    expect(isToldAlready(asking(HIKERS), told(undefined), CRITERIA)).toBe(false);
    expect(comparisonOf(asking(HIKERS), told(undefined), CRITERIA)).toEqual({
      telling,
      ways: ['added', 'removed'],
      sameMatch: false,
    });
  });
});

describe('another question', () => {
  it('that lies within an earlier one adds nobody, and the other way round removes nobody', () => {
    expect(ways(asking(FEWER), told(asking(HIKERS)))).toEqual(['removed']);
    expect(ways(asking(HIKERS), told(asking(FEWER)))).toEqual(['added']);
  });

  it('removes perhaps somebody where the receiver may still hold more than it was last told', () => {
    expect(ways(asking(HIKERS), told(asking(FEWER), false))).toEqual(['added', 'removed']);
  });

  it('is counted both ways when neither lies within the other, though nobody may differ', () => {
    expect(ways(asking('osec.spend > 10'), told(asking('rando.activity IN ("hiking")')))).toEqual(['added', 'removed']);
  });

  it('is counted when an attribute of the earlier one is gone', () => {
    const then = asking('osec.gone > 10');
    expect(ways(asking(HIKERS), told(then))).toEqual(['added', 'removed']);
  });
});
