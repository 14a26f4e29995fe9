// Ids: prefixed, sortable, and of one shape everywhere.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ID_PATTERN, ID_PREFIXES, isId, isMadeBefore, newId } from './ids.ts';

test('every prefix is three letters and stands for one noun', () => {
  const prefixes = Object.values(ID_PREFIXES);
  expect(new Set(prefixes).size).toBe(prefixes.length);
  for (const prefix of prefixes) expect(newId(prefix)).toMatch(ID_PATTERN);
});

test('a later id sorts after an earlier one', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.integer({ min: 1, max: 2 ** 30 }), (atMs, laterMs) => {
      expect(newId('job', atMs) < newId('job', atMs + laterMs)).toBe(true);
    }),
  );
});

test('an id tells whether it was made before an instant', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), (atMs, thenMs) => {
      expect(isMadeBefore(newId('rmv', atMs), thenMs)).toBe(atMs < thenMs);
    }),
  );
});

test('an id of another noun is not taken for one', () => {
  expect(isId(newId('dts'), 'dts')).toBe(true);
  expect(isId(newId('dsv'), 'dts')).toBe(false);
  expect(isId('dts_short')).toBe(false);
});
