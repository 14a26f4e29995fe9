// Rules of cutting: chunks end where records end, so that hashing chunks gives the rows that parsing the whole file gives.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvFormat, parseRecords } from './csv-format.ts';
import { recordChunks } from './record-chunks.ts';
import { RecordScanner } from './record-scanner.ts';

const FORMAT: CsvFormat = { delimiter: ',', newline: '\n', header: [] };
const scanner = (): RecordScanner => new RecordScanner({ delimiter: 0x2c, newline: 0x0a });

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function chunksOf(
  text: string,
  options: { size: number; chunkBytes: number; maxRecordBytes?: number },
): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of recordChunks(pieces(text, options.size), scanner(), options))
    chunks.push(Buffer.from(chunk).toString());
  return chunks;
}

/** Hostile text: quotes in the wrong place, blanks after quotes, CRLF, empty lines. */
const hostile = fc
  .array(fc.constantFrom('a', 'é', ' ', '"', '"', '""', ',', '\n', '\r\n', '\t', '"x"', '"y,\n"'), { maxLength: 40 })
  .map((parts) => parts.join(''));
const rowsOf = (text: string): string[][] => parseRecords(text, FORMAT).rows;

test('the rows of the chunks are the rows of the whole, however the file arrives and whatever its quotes', async () => {
  await fc.assert(
    fc.asyncProperty(
      hostile,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      async (text, size, chunkBytes) => {
        const whole = `${text}\n`;
        let chunks: string[];
        try {
          chunks = await chunksOf(whole, { size, chunkBytes });
        } catch (error) {
          expect(error).toMatchObject({ code: 'quote_unclosed' });
          return;
        }
        expect(chunks.join('')).toBe(whole);
        expect(chunks.flatMap(rowsOf)).toEqual(rowsOf(whole));
      },
    ),
    { numRuns: 20_000 },
  );
});

describe('chunks', () => {
  test('a line break inside quotes ends no record', async () => {
    expect(await chunksOf('a,"b\nc"\nd,e\n', { size: 3, chunkBytes: 1 })).toEqual(['a,"b\nc"\n', 'd,e\n']);
  });

  test('the last record needs no line end', async () => {
    expect(await chunksOf('a,b\nc,d', { size: 2, chunkBytes: 1 })).toEqual(['a,b\n', 'c,d']);
  });

  test('a quote left open at the end of the file is told', async () => {
    await expect(chunksOf('a,"b\nc\n', { size: 3, chunkBytes: 1 })).rejects.toMatchObject({ code: 'quote_unclosed' });
  });

  test('a quote left open does not take the whole file into memory', async () => {
    const text = `a,"b\n${'c\n'.repeat(5_000)}`;
    await expect(chunksOf(text, { size: 100, chunkBytes: 50, maxRecordBytes: 1_000 })).rejects.toMatchObject({
      code: 'record_too_long',
    });
  });

  test('a quote inside an unquoted field opens nothing', async () => {
    expect(await chunksOf('a,5" pipe\nb,c\n', { size: 4, chunkBytes: 1 })).toEqual(['a,5" pipe\n', 'b,c\n']);
  });
});
