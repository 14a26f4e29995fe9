// Distinct strings by number, whatever strings a partner chooses: the same bytes have the same number and no others do, also where the
// sample of their bytes is made to be the same; and there is a bound that memory stays within.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StringDictionary } from './string-dictionary.ts';

function numbered(
  cells: readonly string[],
  dictionary = new StringDictionary(),
  as: BufferEncoding = 'utf8',
): number[] {
  const bytes = Buffer.from(cells.join(','), as);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = 0;
  return cells.map((cell) => {
    const end = start + Buffer.byteLength(cell, as);
    const known = dictionary.find(bytes, view, start, end);
    const number = known > 0 ? known : dictionary.add(~known, bytes, start, end);
    start = end + 1;
    return number;
  });
}

function expected(cells: readonly string[]): number[] {
  const numbers = new Map<string, number>();
  return cells.map((cell) => {
    if (!numbers.has(cell)) numbers.set(cell, numbers.size + 1);
    return numbers.get(cell) as number;
  });
}

describe('a dictionary of strings', () => {
  test('numbers distinct strings in order of arrival, and gives each of them back', () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 400, max: 4_096 }));
    const cell = fc.tuple(length, fc.constantFrom('A', 'b', 'é')).map(([size, letter]) => letter.repeat(size));
    const changed = fc.tuple(cell, fc.nat()).map(([text, place]) => {
      const at = place % text.length;
      return `${text.slice(0, at)}z${text.slice(at + 1)}`;
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(cell, changed), { maxLength: 200 }), (cells) => {
        const short = cells.filter((text) => Buffer.byteLength(text) <= 4_096);
        const dictionary = new StringDictionary();
        const numbers = numbered(short, dictionary);
        expect(numbers).toEqual(expected(short));
        expect(numbers.map((number) => dictionary.bytes(number).toString())).toEqual(short);
      }),
      { numRuns: 300 },
    );
  });

  test('tells strings apart that differ in one byte, wherever it is, and in no other', () => {
    const base = 'C'.repeat(481);
    const cells = Array.from({ length: 481 }, (_, at) => `${base.slice(0, at)}D${base.slice(at + 1)}`);
    expect(numbered([base, ...cells, base, ...cells])).toEqual(expected([base, ...cells, base, ...cells]));
  });

  test('keeps its pace where thousands are made to look alike', () => {
    // Two changes of the highest bits of one lane take each other back, whatever the hash started with.
    const alike = Array.from({ length: 20_000 }, (_, n) => {
      const bytes = Buffer.from('C'.repeat(481));
      for (let bit = 0; bit < 15; bit++) if ((n >> bit) & 1) cancelledChange(bytes, bit * 32);
      return bytes.toString('latin1');
    });
    const compared = countComparisons(() =>
      expect(numbered(alike, new StringDictionary(), 'latin1')).toEqual(expected(alike)),
    );
    expect(compared).toBeGreaterThan(16);
    expect(compared).toBeLessThan(alike.length * 20);
  });

  test('has room for so many strings, and so many bytes of them', () => {
    const dictionary = new StringDictionary();
    numbered(['one', 'two', 'three'], dictionary);
    expect(dictionary.hasRoom(1, { maxStrings: 4, maxBytes: 12 })).toBe(true);
    expect(dictionary.hasRoom(1, { maxStrings: 3, maxBytes: 12 })).toBe(false);
    expect(dictionary.hasRoom(2, { maxStrings: 4, maxBytes: 12 })).toBe(false);
  });
});

/** In two words of one lane that follow each other. */
function cancelledChange(bytes: Buffer, at: number): void {
  for (const place of [at + 3, at + 19]) bytes[place] = (bytes[place] as number) ^ 0x80;
}

function countComparisons(work: () => void): number {
  const { compare } = Buffer.prototype;
  let count = 0;
  Buffer.prototype.compare = function counted(this: Buffer, ...given: Parameters<typeof compare>) {
    count++;
    return compare.apply(this, given);
  } as typeof compare;
  try {
    work();
  } finally {
    Buffer.prototype.compare = compare;
  }
  return count;
}
