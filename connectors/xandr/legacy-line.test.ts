// The examples of Xandr's own documentation, line for line, and what a layout may not be.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineLayout, layoutFaults, legacyLine } from './legacy-line.ts';
import { readLegacyLine } from './legacy-reader.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), 'latin1').replace(/\n$/, '');
const uid = '12345678900987654321';

describe('a legacy line, as in "Legacy BSS file format" of the Xandr documentation', () => {
  const expiring: LineLayout = { separators: [',', ';', ':', '\t', '^'], fields: ['SEG_ID', 'EXPIRATION'] };
  const segments = [
    { SEG_ID: 10000, EXPIRATION: 1440 },
    { SEG_ID: 10001, EXPIRATION: 1440 },
    { SEG_ID: 10002, EXPIRATION: -1 },
    { SEG_ID: 10003, EXPIRATION: -1 },
  ];

  it('removes with an expiration of -1', () => {
    expect(legacyLine(expiring, { uid, segments })).toBe(fixture('expiration'));
  });

  it('removes after separator 4', () => {
    const layout: LineLayout = { separators: [',', ';', ':', '\t', '^'], fields: ['SEG_CODE'] };
    const codes = (...names: string[]) => names.map((SEG_CODE) => ({ SEG_CODE }));
    const user = {
      uid,
      segments: codes('auto_intender', 'nike_shopper'),
      removals: codes('bicycle_intender', 'newbalance_shopper'),
    };
    expect(legacyLine(layout, user)).toBe(fixture('separator-4'));
  });

  it('is flat when separators 1 and 3 are the same, and fills what has no value with 0', () => {
    const layout: LineLayout = {
      separators: ['\t', ',', '\t', ';', '^'],
      fields: ['TIMESTAMP', 'SEG_ID', 'VALUE', 'EXPIRATION'],
    };
    expect(layoutFaults(layout)).toEqual([]);
    expect(legacyLine(layout, { uid, segments: [{ TIMESTAMP: 1320689131, SEG_ID: 10000 }] })).toBe(
      fixture('timestamp'),
    );
  });

  it('names the domain of a device id after separator 5', () => {
    const device = 'AEBE52E7-03EE-455A-B3C4-E57283966239';
    expect(legacyLine(expiring, { uid: device, segments, domain: 3 })).toBe(fixture('idfa'));
  });

  it('takes other separators', () => {
    const layout: LineLayout = { separators: [';', ',', ':', '\t', '^'], fields: ['SEG_ID', 'EXPIRATION'] };
    const many = [5848, 5849, 5850].map((SEG_ID) => ({ SEG_ID, EXPIRATION: SEG_ID === 5848 ? 0 : 1440 }));
    expect(legacyLine(layout, { uid: '7652266028043224430', segments: many })).toBe(fixture('other-separators'));
  });
});

describe('a layout', () => {
  const fields = ['SEG_ID', 'EXPIRATION'] as const;
  it.each([...'[](){}$\\/|?*+-'])('may not separate with %s, which the platform forbids', (character) => {
    expect(layoutFaults({ separators: [character, ';', ':', '\t', '^'], fields }).map((fault) => fault.at)).toContain(
      1,
    );
  });

  it.each([
    [[',', ',', ':', '\t', '^'], 2],
    [[',', ';', ':', ';', '^'], 4],
    [[',', ';', ':', '\t', ','], 5],
    [[',', ';', ';', '\t', '^'], 3],
    [[',,', ';', ':', '\t', '^'], 1],
    [['7', ';', ':', '\t', '^'], 1],
    [['\n', ';', ':', '\t', '^'], 1],
    [['€', ';', ':', '\t', '^'], 1],
  ] as const)('refuses %j', (separators, at) => {
    expect(layoutFaults({ separators, fields })).toEqual([expect.objectContaining({ at })]);
  });

  it.each([[['EXPIRATION']], [['SEG_ID', 'SEG_CODE']]] as const)('names the segment exactly once: %j', (fields) => {
    expect(layoutFaults({ separators: [',', ';', ':', '\t', '^'], fields })).toEqual([
      expect.objectContaining({ at: 0 }),
    ]);
  });
});

describe('reading back', () => {
  const characters = [';', ',', ':', '\t', '^', '~', '#', '!', '%', '=', '"', "'", '@', '&', '<', '>', ' '];
  const layouts = fc
    .record({
      separators: fc.shuffledSubarray(characters, { minLength: 5, maxLength: 5 }),
      flat: fc.boolean(),
      fields: fc
        .shuffledSubarray(['SEG_ID', 'EXPIRATION', 'TIMESTAMP', 'VALUE', 'MEMBER_ID'] as const)
        .filter((all) => all.includes('SEG_ID')),
    })
    .map(
      ({ separators, fields }): LineLayout => ({
        separators: separators as unknown as LineLayout['separators'],
        fields,
      }),
    );
  const entry = fc.record({
    SEG_ID: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    EXPIRATION: fc.integer({ min: -1, max: 259_200 }),
    TIMESTAMP: fc.nat(),
    VALUE: fc.integer({ min: 0, max: 2_147_483_647 }),
    MEMBER_ID: fc.nat(),
  });
  const user = fc.record({
    uid: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String),
    segments: fc.array(entry, { minLength: 1, maxLength: 5 }),
    removals: fc.array(entry, { maxLength: 3 }),
  });

  it('gives what was written, under any valid layout', () => {
    fc.assert(
      fc.property(layouts, user, fc.option(fc.constantFrom(3, 8, 10), { nil: undefined }), (layout, given, domain) => {
        expect(layoutFaults(layout)).toEqual([]);
        const line = legacyLine(layout, domain === undefined ? given : { ...given, domain });
        const read = readLegacyLine(layout, line);
        const kept = (one: Record<string, number>) =>
          Object.fromEntries(layout.fields.map((field) => [field, one[field]]));
        expect(read).toEqual({
          uid: given.uid,
          segments: given.segments.map(kept),
          removals: given.removals.map(kept),
          domain,
        });
      }),
    );
  });
});
