// What people and spreadsheets are shown of an answer.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import { padded, paddedTo, waitMs } from './answer-padding.ts';
import type { Run } from './run.ts';
import { csvCell, runCsv } from './run-csv.ts';
import { shownResult, withheldResult } from './run-result.ts';

const SHOWING = { threshold: 50, delta: 1e-6, maxGroups: 4 };
const answer = (cells: [Record<string, string>, number][], name = 'persons'): NoisedAnswer => ({
  metrics: [
    {
      name,
      unit: 'persons',
      sigma: 50,
      perPerson: 1,
      cells: cells.map(([key, value]) => ({ key, value, declared: true })),
    },
  ],
});
const OVERLAP = answer([
  [{ osec: 'yes', rando: 'no' }, 6000],
  [{ osec: 'no', rando: 'yes' }, 30],
  [{ osec: 'yes', rando: 'yes' }, 4000],
]);

describe('a ratio', () => {
  it('is of shown figures alone: where one is withheld, there is none', () => {
    expect(shownResult('overlap', OVERLAP, SHOWING).ratios).toEqual([
      { name: 'match-rate', key: { of: 'osec' }, value: '40%', interval: null },
      { name: 'match-rate', key: { of: 'rando' }, value: null, interval: null },
    ]);
  });

  it('of a profile is the share among the segment over that among the rest', () => {
    const profile = answer([
      [{ part: 'segment', region: 'north' }, 600],
      [{ part: 'segment', region: 'south' }, 400],
      [{ part: 'rest', region: 'north' }, 5000],
      [{ part: 'rest', region: 'south' }, 5000],
    ]);
    const [north, south] = shownResult('profile', profile, SHOWING).ratios;
    expect(north).toMatchObject({ name: 'index', key: { region: 'north' }, value: '120' });
    expect(south).toMatchObject({ value: '80' });
    expect(north?.interval?.low).toBeLessThan(120);
    expect(north?.interval?.high).toBeGreaterThan(120);
  });

  it('of a conversion is in percent, with an interval around it', () => {
    const conversion = answer([
      [{ exposed: 'yes', converted: 'yes' }, 300],
      [{ exposed: 'yes', converted: 'no' }, 2700],
      [{ exposed: 'no', converted: 'yes' }, 20],
      [{ exposed: 'no', converted: 'no' }, 9000],
    ]);
    const [exposed, others] = shownResult('conversion', conversion, SHOWING).ratios;
    expect(exposed).toMatchObject({ key: { exposed: 'yes' }, value: '10%' });
    expect(others).toMatchObject({ key: { exposed: 'no' }, value: null });
  });
});

describe('an answer', () => {
  it('below the threshold as a whole says that and no more', () => {
    const shape = { name: 'persons', unit: 'persons', scale: 1, sensitivityL2Squared: { num: 1n, den: 1n } } as const;
    expect(withheldResult([shape], 50)).toMatchObject({
      metrics: [{ cells: [], remainder: { value: null, fewer_than: 50 } }],
      ratios: [],
    });
  });

  it('is as long as its class, whatever its figures are', () => {
    const lengthOf = (value: number) =>
      JSON.stringify(shownResult('segment-size', answer([[{}, value]]), SHOWING)).length;
    expect(new Set([0, 49, 1000, 2_000_000].map(lengthOf)).size).toBe(1);
    fc.assert(
      fc.property(fc.string({ maxLength: 20_000, unit: 'grapheme-ascii' }), (text) => {
        const { length } = JSON.stringify(padded({ text }));
        expect(Math.log2(length) % 1).toBe(0);
      }),
    );
  });

  it('takes as long as its class', () => {
    expect([0, 499, 500, 501, 1700].map((ms) => ms + waitMs(ms))).toEqual([500, 500, 500, 1000, 2000]);
    expect(paddedTo(4097, 4096)).toBe(8192);
  });
});

describe('a table for people', () => {
  it.each([
    ['=1+1', '"\'=1+1"'],
    ['+33', '"\'+33"'],
    ['@cell', '"\'@cell"'],
    ['-5', '"\'-5"'],
    ['a,"b"', '"a,""b"""'],
    [' =1+1', '"\' =1+1"'],
    ['＝1+1', '"\'＝1+1"'],
    ['\tx', '"\'\tx"'],
    ['plain', 'plain'],
    ['1-2', '1-2'],
  ])('%s is %s', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('holds the question, every cell and the remainder', () => {
    const run = {
      asked: 'How many?',
      snapshot: { hash: '', contributions: [{ alias: 'osec', contributed_at: '2026-06-01T08:00:00.000Z' }] },
      receiptEventId: 'evt_1',
      result: shownResult('overlap', OVERLAP, SHOWING),
    } as unknown as Run;
    const cost = { pico_rho: 1, share_of_budget: 0.0022, is_free: false, left_pico_rho: 1, left_share: 0.9912 };
    const lines = runCsv(run, cost).split('\r\n');
    expect(lines.join('\r\n')).toHaveLength(4096);
    expect(lines.slice(0, -2)).toEqual([
      'question,How many?',
      'data,osec of 2026-06-01T08:00:00.000Z',
      'cost of the budget,0.22 %',
      'left of the budget,99.12 %',
      'receipt,evt_1',
      '',
      'metric,unit,osec,rando,value,low (95 %),high (95 %),remark',
      'persons,persons,yes,no,6000,5900,6100,',
      'persons,persons,no,yes,,,,fewer than 50',
      'persons,persons,yes,yes,4000,3900,4100,',
      'persons,persons,"withheld, together","withheld, together",,,,fewer than 50',
      'match-rate,ratio,,,40%,,,osec',
      'match-rate,ratio,,,,,,rando',
    ]);
    expect(lines.at(-2)).toMatch(/^padding, +$/);
  });
});
