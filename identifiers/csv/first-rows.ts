// The first rows of a CSV file, for people to look at and for guesses about its columns. The rest of the file is not read.
import { FileFault } from '../file-fault.ts';
import { type CsvFormat, parseRecords } from './csv-format.ts';
import { readHead } from './file-head.ts';
import { recordChunks } from './record-chunks.ts';

export interface FirstRows {
  readonly format: CsvFormat;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Throws FileFault, as hashing the file would. */
export async function readFirstRows(
  bytes: AsyncIterable<Uint8Array>,
  columnNames: readonly string[],
  count: number,
): Promise<FirstRows> {
  const { format, scanner, rest } = await readHead(bytes, columnNames);
  const rows: string[][] = [];
  for await (const chunk of recordChunks(rest, scanner, { chunkBytes: 1 })) {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(chunk);
    } catch {
      throw new FileFault('encoding_invalid', 'the file is not UTF-8', { hint: 'iconv -f WINDOWS-1252 -t UTF-8' });
    }
    rows.push(...parseRecords(text, format).rows);
    if (rows.length >= count) break;
  }
  return { format, header: format.header, rows: rows.slice(0, count) };
}
