// A fingerprint is the sum that RFC 4418 describes, of every byte of a cell; by them the same cells have the same number and no others do.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CellFingerprints, FingerprintTable } from './cell-fingerprints.ts';
import { FINGERPRINT_BYTES, fingerprinterOf, keyBytes } from './fingerprint-vector.ts';

const PAGE_BYTES = 1 << 16;
const BLOCK_BYTES = 1 << 20;

const lengths = fc.oneof(fc.integer({ min: 32, max: 130 }), fc.integer({ min: 470, max: 490 }), fc.constant(4_096));
const cell = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));

/** NH of RFC 4418, section 5.2.2, over the blocks of 32 bytes, and over the last 32 where some are left. */
function nh(bytes: Uint8Array, keys: Uint8Array): bigint {
  const wordOf = (from: Uint8Array, at: number) =>
    BigInt(new DataView(from.buffer, from.byteOffset).getUint32(at, true));
  const starts = Array.from({ length: Math.floor(bytes.length / 32) }, (_, n) => n * 32);
  if (bytes.length % 32 > 0) starts.push(bytes.length - 32);
  let sum = 0n;
  for (const [block, start] of starts.entries()) {
    for (let n = 0; n < 16; n += 4) {
      const keyed = (at: number) => (wordOf(bytes, start + at) + wordOf(keys, block * 32 + at)) & 0xffffffffn;
      sum += keyed(n) * keyed(n + 16);
    }
  }
  return sum & 0xffffffffffffffffn;
}

test('a fingerprint is NH by three keys that are sixteen bytes apart', () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const fingerprint = fingerprinterOf(memory);
  const bytes = new Uint8Array(memory.buffer);
  const [list, results, keysAt, origin] = [0, 64, 256, PAGE_BYTES];
  const key = fc.uint8Array({ minLength: keyBytes(4_096), maxLength: keyBytes(4_096) });
  fc.assert(
    fc.property(cell, cell, key, (one, other, keys) => {
      bytes.set(keys, keysAt);
      bytes.set(one, origin);
      bytes.set(other, origin + one.length + 1);
      const places = [0, one.length + 1, one.length, one.length + 1 + other.length];
      new Int32Array(memory.buffer, list, 4).set(places);
      expect(fingerprint(origin, list, list + 8, 2, keysAt, results)).toBe(2);
      for (const [n, expected] of [one, other].entries()) {
        const sums = new BigUint64Array(memory.buffer, results + n * FINGERPRINT_BYTES, 3);
        expect([...sums]).toEqual([0, 16, 32].map((shift) => nh(expected, keys.subarray(shift))));
      }
    }),
    { numRuns: 300 },
  );
});

/** The numbers that a table gives to cells of one block. */
function numbered(cells: readonly Uint8Array[], table = new FingerprintTable(), of = openFingerprints()): number[] {
  const { fingerprints, input } = of;
  let at = 0;
  let largest = 0;
  fingerprints.reset();
  cells.forEach((bytes, row) => {
    input.set(bytes, at);
    expect(fingerprints.push(row, at, at + bytes.length)).toBe(true);
    at += bytes.length;
  });
  fingerprints.take(input.subarray(0, at));
  table.findAll(fingerprints);
  cells.forEach((_, n) => {
    expect(fingerprints.numbers[n]).toBe(table.find(fingerprints, n));
  });
  return cells.map((_, n) => {
    expect(fingerprints.rows[n]).toBe(n);
    const known = table.find(fingerprints, n);
    if (known > 0) return known;
    table.add(fingerprints, n, ++largest);
    return largest;
  });
}

function openFingerprints() {
  const bytes = BLOCK_BYTES + CellFingerprints.bytesFor(BLOCK_BYTES);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const fingerprints = new CellFingerprints({ memory, from: BLOCK_BYTES, blockBytes: BLOCK_BYTES });
  return { fingerprints, input: Buffer.from(memory.buffer, 0, BLOCK_BYTES) };
}

function expected(cells: readonly Uint8Array[]): number[] {
  const numbers = new Map<string, number>();
  return cells.map((bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    if (!numbers.has(text)) numbers.set(text, numbers.size + 1);
    return numbers.get(text) as number;
  });
}

describe('a table of fingerprints', () => {
  test('has one number for the same bytes, and another for each change of them', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean());
    fc.assert(
      fc.property(cell, fc.array(change, { maxLength: 60 }), (base, changes) => {
        const cells = [base];
        for (const [place, by, goesOn] of changes) {
          const changed = Uint8Array.from(goesOn ? (cells.at(-1) as Uint8Array) : base);
          changed[place % changed.length] = (changed[place % changed.length] as number) ^ by;
          cells.push(changed);
        }
        const again = [...cells, ...cells.toReversed()];
        expect(numbered(again)).toEqual(expected(again));
      }),
      { numRuns: 200 },
    );
  });

  test('tells apart what differs in length, in the order of its blocks, and in bits that take each other back', () => {
    const blocks = Array.from({ length: 4 }, (_, n) => Buffer.alloc(32, 0x41 + n));
    const turned = [0, 1, 2, 3].map((by) => Buffer.concat([...blocks.slice(by), ...blocks.slice(0, by)]));
    const lengthy = Array.from({ length: 100 }, (_, n) => Buffer.alloc(32 + n, 'C'));
    const alike = Array.from({ length: 4_000 }, (_, n) => {
      const bytes = Buffer.from('C'.repeat(481));
      for (let bit = 0; bit < 12; bit++) {
        const flips = (n >> bit) & 1 ? [bit * 32 + 3, bit * 32 + 19] : [];
        for (const at of flips) bytes[at] = (bytes[at] as number) ^ 0x80;
      }
      return bytes;
    });
    const of = openFingerprints();
    for (const cells of [turned, lengthy, alike.slice(0, 2_000), alike.slice(2_000)]) {
      expect(numbered([...cells, ...cells.slice(0, 50)], new FingerprintTable(), of)).toEqual(
        expected([...cells, ...cells.slice(0, 50)]),
      );
    }
  });

  test('grows, and still knows what it knew', () => {
    const table = new FingerprintTable();
    const of = openFingerprints();
    const cells = Array.from({ length: 20_000 }, (_, n) => Buffer.from(`${n}`.padStart(40, 'x')));
    expect(numbered(cells, table, of)).toEqual(cells.map((_, n) => n + 1));
    expect(numbered(cells.toReversed(), table, of)).toEqual(cells.map((_, n) => n + 1).toReversed());
  });

  test('takes no cell that is shorter than a block of the sum, or longer than its key', () => {
    const { fingerprints } = openFingerprints();
    expect([31, 32, 4_096, 4_097].map((length) => fingerprints.push(0, 0, length))).toEqual([false, true, true, false]);
  });
});
