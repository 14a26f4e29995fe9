// Rules of finding short labels by their words, against a map of all labels.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHORT_BYTES, ShortWords } from './short-words.ts';

test('a label is found by its bytes alone, whatever stands behind it, and nothing else is', () => {
  const label = fc.uint8Array({ min: 1, minLength: 1, maxLength: SHORT_BYTES });
  const alike = fc.uint8Array({ min: 1, max: 2, minLength: 1, maxLength: SHORT_BYTES });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(label, alike), { maxLength: 300 }),
      fc.infiniteStream(fc.nat(255)),
      (labels, noise) => {
        const words = new ShortWords();
        const known = new Map<string, number>();
        for (const bytes of labels) {
          const field = Uint8Array.from({ length: 3 + 2 * SHORT_BYTES }, () => noise.next().value as number);
          field.set(bytes, 3);
          const key = Buffer.from(bytes).toString('hex');
          const found = words.find(new DataView(field.buffer), 3, bytes.length);
          expect(found).toBe(known.get(key) ?? -1);
          if (found >= 0) continue;
          words.add(bytes, known.size);
          known.set(key, known.size);
        }
      },
    ),
  );
});

test('what is longer, or holds a zero, is left to others, and so is all that comes when there are many', () => {
  const words = new ShortWords();
  const field = new DataView(new ArrayBuffer(2 * SHORT_BYTES));
  words.add(new Uint8Array(SHORT_BYTES + 1).fill(7), 1);
  words.add(Uint8Array.of(7, 0), 2);
  field.setUint8(0, 7);
  for (const length of [1, 2, SHORT_BYTES]) expect(words.find(field, 0, length)).toBe(-1);
  const bytesOf = (n: number) => Buffer.from(`label ${n}`);
  for (let n = 0; n < 20_000; n++) words.add(bytesOf(n), n);
  const padded = (n: number) => {
    const bytes = new Uint8Array(2 * SHORT_BYTES);
    bytes.set(bytesOf(n));
    return words.find(new DataView(bytes.buffer), 0, bytesOf(n).length);
  };
  expect(padded(17)).toBe(17);
  expect(padded(19_999)).toBe(-1);
});
