// Packed ids come back as they were, and in the order of their bytes, whatever they have in common.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedIds } from './packed-ids.ts';

const packed = (ids: readonly string[]): PackedIds => {
  const kept = new PackedIds();
  for (const id of ids) kept.push(id);
  return kept;
};
const inOrder = (kept: PackedIds): string[] => Array.from(kept.sorted(), (place) => kept.at(place));
const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

const any = fc.string({ unit: 'grapheme', maxLength: 12 });
/** Beginnings that are long and alike, and ids that end where others go on. */
const related = fc
  .tuple(
    fc.constantFrom('', 'customer-', 'customer-000', 'é'.repeat(40)),
    fc.string({ unit: fc.constantFrom('a', 'b', '\0', '𝄞', '\uffee'), maxLength: 9 }),
  )
  .map(([head, tail]) => head + tail);

test.each([
  ['any text', any],
  ['ids alike', related],
])('%s', (_, id) => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 300 }), (ids) => {
      const kept = packed(ids);
      expect(ids.map((_, place) => kept.at(place))).toEqual(ids);
      expect(inOrder(kept)).toEqual([...ids].sort(byBytes));
    }),
  );
});

test('of the same id, the places are in the order in which it came', () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => `id-${at % 7}`);
  const sorted = [...packed(ids).sorted()];
  for (const [at, place] of sorted.slice(1).entries()) {
    const before = sorted[at]!;
    if (ids[before] === ids[place]) expect(before).toBeLessThan(place);
  }
});

test('ids fill more blocks than one, and none lies across two', () => {
  const ids = Array.from({ length: 300 }, (_, at) => `${at}-`.padEnd(20_000, 'ü'));
  const kept = packed(ids);
  expect(ids.map((_, place) => kept.at(place))).toEqual(ids);
  expect(inOrder(kept)).toEqual([...ids].sort(byBytes));
});
