// What a string says does not depend on who decodes it: a thread beside the kernel, or the kernel itself for few strings, and for those
// that memory has no room for.
import { describe, expect, test } from 'vitest';
import { StringDictionary } from '../kernel/string-dictionary.ts';
import { type StringKind, stringDecoder } from './decode.ts';
import { DecodedStrings, PIECE_STRINGS } from './decoded-strings.ts';
import { writeTcString } from './testing/tc-string-writer.ts';

const CELLS = 2 * PIECE_STRINGS + 100;

function cellOf(n: number): string {
  if (n % 7 === 0) return `no string ${n} ü`;
  const created = new Date(Date.UTC(2026, 2, 1 + (n % 90))).toISOString();
  return writeTcString({ created, consents: [1, 2], vendorConsents: [1 + (n % 900), 901 + Math.floor(n / 90)] });
}

function dictionaryOf(cells: readonly string[]): StringDictionary {
  const dictionary = new StringDictionary();
  for (const cell of cells) {
    const bytes = Buffer.from(cell);
    const found = dictionary.find(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
    if (found < 0) dictionary.add(~found, bytes, 0, bytes.length);
  }
  return dictionary;
}

describe.each<{ name: string; minThreadStrings: number; maxThreadBytes: number }>([
  { name: 'all in the thread', minThreadStrings: 0, maxThreadBytes: 2 ** 30 },
  { name: 'the first piece in the thread', minThreadStrings: 0, maxThreadBytes: 1 },
  { name: 'none in the thread', minThreadStrings: CELLS + 1, maxThreadBytes: 2 ** 30 },
])('decoded strings, $name', (limits) => {
  test.each<StringKind>(['tcf', 'us-privacy'])('are what the decoder says, for %s', async (kind) => {
    const strings = dictionaryOf(Array.from({ length: CELLS }, (_, n) => cellOf(n)));
    expect(strings.size).toBe(CELLS + 1);
    const decoded = await DecodedStrings.of(strings, kind, { ...limits, maxRemembered: 10 });
    const decode = await stringDecoder(kind);
    for (let number = 1; number < strings.size; number++) {
      const said = Buffer.from(decoded.json(number)).toString();
      const expected = JSON.stringify(decode(strings.bytes(number).toString()));
      if (said !== expected) expect({ number, said }).toEqual({ number, said: expected });
    }
  });
});
