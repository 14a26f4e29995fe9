// The splitter over sixteen bytes at a time against the one that takes a byte at a time: same fields, rest and digests.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitPlainCsv } from './csv-plain.ts';
import { DigestColumn } from './digest-column.ts';
import { PlainSplitter } from './plain-splitter.ts';
import { RowBatch } from './rows.ts';

const splitter = new PlainSplitter();
const HEX = '0123456789abcdef';

function placed(bytes: Buffer): Buffer {
  // What an earlier block left behind must not be seen.
  splitter.input.fill('f,', 0, Math.min(splitter.input.length, bytes.length + 256));
  bytes.copy(splitter.input);
  return splitter.input.subarray(0, bytes.length);
}

interface Split {
  readonly used: number;
  readonly fields: number[][];
  readonly rowFields: number[];
  readonly digests: (string | undefined)[][];
}

function outcome(used: number, batch: RowBatch, columns: readonly DigestColumn[]): Split {
  const { starts, ends, rowFields, rows } = batch;
  return {
    used,
    fields: Array.from({ length: rowFields[rows] as number }, (_, n) => [starts[n] as number, ends[n] as number]),
    rowFields: [...rowFields.subarray(0, rows + 1)],
    digests: columns.map(({ staging, present }) =>
      Array.from({ length: rows }, (_, row) =>
        present[row] === 1 ? staging.toString('hex', row * 16, row * 16 + 16) : undefined,
      ),
    ),
  };
}

function both(text: Buffer, places: readonly boolean[], last: boolean): { own: Split; wanted: Split } {
  const columnsOf = () => places.map((isDigest) => (isDigest ? new DigestColumn('', 1) : undefined));
  const [vectors, plain] = [columnsOf(), columnsOf()];
  const [own, wanted] = [new RowBatch(), new RowBatch()];
  const ownUsed = splitter.split(placed(text), own, { digests: vectors, last });
  const wantedUsed = splitPlainCsv(text, wanted, { digests: plain, last });
  const defined = (all: readonly (DigestColumn | undefined)[]) => all.filter((column) => column !== undefined);
  return { own: outcome(ownUsed, own, defined(vectors)), wanted: outcome(wantedUsed, wanted, defined(plain)) };
}

const digest = fc.string({ unit: fc.constantFrom(...HEX), minLength: 64, maxLength: 64 });
/** A digest with one byte that is none of it, wherever it stands. */
const spoilt = fc
  .tuple(digest, fc.nat(63), fc.constantFrom('A', 'G', '/', ':', '`', 'g', '@', '\0', '\u00e9', '\x7f'))
  .map(([text, at, byte]) => text.slice(0, at) + byte + text.slice(at + 1));
const piece = fc.oneof(
  { weight: 6, arbitrary: digest },
  { weight: 3, arbitrary: spoilt },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom('a', '0', 'é', ' ', '\r'), maxLength: 40 }) },
  { weight: 12, arbitrary: fc.constantFrom(',', ',', '\n', '\r\n') },
);
const text = fc.array(piece, { maxLength: 40 }).map((parts) => Buffer.from(parts.join('')));
const places = fc.array(fc.boolean(), { maxLength: 5 });

describe('the vector splitter', () => {
  test('gives what the plain one gives, digests included', () => {
    fc.assert(
      fc.property(text, places, fc.boolean(), (bytes, columns, last) => {
        const { own, wanted } = both(bytes, columns, last);
        expect(own).toEqual(wanted);
      }),
      { numRuns: 3_000 },
    );
  });

  test('every byte is judged at every place of a digest', () => {
    const good = HEX.repeat(4);
    for (let at = 0; at < 64; at++) {
      const rows = Array.from({ length: 256 }, (_, byte) => {
        const row = Buffer.from(`${good},x\n`);
        row[at] = byte;
        return row;
      });
      const { own, wanted } = both(Buffer.concat(rows), [true], true);
      expect(own).toEqual(wanted);
    }
  });

  test('a block as large as its memory, and one that is larger, are split alike', () => {
    for (const row of [`${HEX.repeat(4)},${HEX.repeat(4)},a\n`, ',\n', 'x\n']) {
      for (const more of [0, 1_000]) {
        const bytes = Buffer.alloc(splitter.input.length + more, row);
        const [own, wanted] = [new RowBatch(), new RowBatch()];
        const options = { digests: [], last: false };
        const used = splitter.split(more === 0 ? placed(bytes) : bytes, own, options);
        expect(used).toBe(splitPlainCsv(bytes, wanted, options));
        expect(own.rows).toBe(wanted.rows);
        for (const list of ['starts', 'ends'] as const) {
          expect(Buffer.compare(bytesOf(own[list], own.fields), bytesOf(wanted[list], wanted.fields))).toBe(0);
        }
      }
    }
  });
});

function bytesOf(list: Int32Array, length: number): Uint8Array {
  return new Uint8Array(list.buffer, list.byteOffset, length * 4);
}
