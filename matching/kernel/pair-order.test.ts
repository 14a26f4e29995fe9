// Rules of ordering pairs: as a stable sort by the left number would, and what was given stays as it was.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByLeft } from './pair-order.ts';

const number = fc.oneof(fc.nat(20), fc.nat(5_000_000), fc.integer({ min: 0, max: 0xffffffff }));

test('pairs ascend by the left number, and those of one keep their order', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 300 }), (lefts) => {
      const given = { left: Uint32Array.from(lefts), right: Uint32Array.from(lefts, (_, n) => n) };
      const { left, right } = sortByLeft(given);
      const expected = lefts.map((value, n) => [value, n] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(Array.from(left, (value, n) => [value, right[n]])).toEqual(expected);
      expect([...given.left]).toEqual(lefts);
    }),
  );
});
