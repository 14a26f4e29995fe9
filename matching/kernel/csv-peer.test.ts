// The splitter against papaparse, on hostile text: it gives the same fields wherever papaparse finds nothing to complain
// about, and refuses whatever papaparse would guess at.
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { LoadFailure } from '../load-request.ts';
import { splitCsv } from './csv.ts';
import { splitPlainCsv } from './csv-plain.ts';
import { PlainSplitter } from './plain-splitter.ts';
import { RowBatch } from './rows.ts';

const splitter = new PlainSplitter();

function placed(bytes: Buffer): Buffer {
  bytes.copy(splitter.input);
  return splitter.input.subarray(0, bytes.length);
}

const RUNS = { numRuns: 5_000 };
const HUGE = 'x'.repeat(70_000);
const LONG = 'y'.repeat(41);

/**
 * The line end is one for the whole text, as papaparse needs it; ours takes each line's own, which the kernel's test holds.
 * Pieces stand in any order: quotes where they do not belong, blanks around them, other columns in every line.
 */
const PIECES = ['a', 'é', '€', '0', ' ', '\t', '"', '"', '""', '"x"', '"y,z"', '","', ',', ',', ',,'];

function hostile(lineEnd: string): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...PIECES, `"1${lineEnd}2"`) },
    { weight: 15, arbitrary: fc.constant(lineEnd) },
    { weight: 6, arbitrary: fc.constant(LONG) },
    { weight: 1, arbitrary: fc.constantFrom(HUGE, `"${HUGE}"`) },
  );
  return fc.array(piece, { maxLength: 24 }).map((parts) => parts.join(''));
}

/** Undefined when papaparse finds a quote that it has to guess at. */
function papaRows(text: string, newline: '\n' | '\r\n'): string[][] | undefined {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline });
  if (errors.some(({ type }) => type === 'Quotes')) return undefined;
  return data.filter((cells) => !isBlank(cells));
}

/** Lines without anything are no rows; papaparse does not tell them from a line of two quotes. */
const isBlank = (cells: readonly string[]) => cells.length === 1 && cells[0] === '';

function ownRows(text: string, cut: number): string[][] | undefined {
  const bytes = Buffer.from(text);
  const at = bytes.length === 0 ? 0 : cut % bytes.length;
  try {
    const batch = new RowBatch();
    const first = Buffer.from(bytes.subarray(0, at));
    const used = splitCsv(first, batch, { last: false });
    const rows = textOf(batch);
    splitCsv(Buffer.concat([first.subarray(used), bytes.subarray(at)]), batch, { last: true });
    return [...rows, ...textOf(batch)].filter((cells) => !isBlank(cells));
  } catch (error) {
    expect(error).toBeInstanceOf(LoadFailure);
    return undefined;
  }
}

function textOf(batch: RowBatch): string[][] {
  return Array.from({ length: batch.rows }, (_, row) => {
    const first = batch.rowFields[row] as number;
    return Array.from({ length: batch.fieldCount(row) }, (_, field) =>
      batch.bytes.toString('utf8', batch.starts[first + field], batch.ends[first + field]),
    );
  });
}

describe.each([
  { name: 'LF', newline: '\n' as const },
  { name: 'CRLF', newline: '\r\n' as const },
])('with $name', ({ newline }) => {
  test('the fields are those of papaparse, and what it has to guess at is refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(hostile(newline), fc.nat(), (text, cut) => {
        const wanted = papaRows(text, newline);
        if (wanted === undefined) refused += 1;
        expect(ownRows(text, cut)).toEqual(wanted);
      }),
      RUNS,
    );
    // Both sides of the property were really tried.
    expect(refused).toBeGreaterThan(RUNS.numRuns / 20);
    expect(refused).toBeLessThan(RUNS.numRuns * 0.95);
  });

  test('without quotes the short way gives them too', () => {
    const plain = hostile(newline).map((text) => text.replaceAll('"', ''));
    fc.assert(
      fc.property(plain, (text) => {
        const batch = new RowBatch();
        splitPlainCsv(Buffer.from(text), batch, { digests: [], last: true });
        expect(textOf(batch)).toEqual(papaRows(text, newline));
        const vectors = new RowBatch();
        splitter.split(placed(Buffer.from(text)), vectors, { digests: [], last: true });
        expect(textOf(vectors)).toEqual(textOf(batch));
      }),
      RUNS,
    );
  });
});
