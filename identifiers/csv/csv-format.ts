// Reads the head of a partner's CSV file: encoding, line ends, delimiter and column names.
// The delimiter is the one with which the names of the schema appear, so nothing is guessed from data.
import Papa from 'papaparse';
import { FileFault } from '../file-fault.ts';
import { NEWLINE } from './record-scanner.ts';

export interface CsvFormat {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly newline: '\n' | '\r';
  readonly header: readonly string[];
}

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** Throws encoding_invalid for UTF-16 and NUL bytes. Answers how many bytes of byte order mark lead the file. */
export function bomBytes(head: Uint8Array): number {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16 || head.subarray(0, 1024).includes(0)) {
    throw new FileFault('encoding_invalid', 'the file is not UTF-8 (it looks like UTF-16 or is binary)', {
      hint: 'save it as CSV UTF-8, or convert it: iconv -f UTF-16 -t UTF-8',
    });
  }
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** Old Macintosh files end lines with CR alone; all others have an LF in the first record. */
export function newlineOf(head: Uint8Array): '\n' | '\r' {
  return !head.includes(NEWLINE.lf) && head.includes(NEWLINE.cr) ? '\r' : '\n';
}

export function delimiterOf(head: string, expected: readonly string[], newline: '\n' | '\r'): CsvFormat['delimiter'] {
  let best: CsvFormat['delimiter'] = ',';
  let most = -1;
  for (const delimiter of DELIMITERS) {
    const names = new Set(headerOf(head, delimiter, newline));
    const found = expected.filter((name) => names.has(name)).length;
    if (found > most) [best, most] = [delimiter, found];
  }
  return best;
}

export function headerOf(text: string, delimiter: string, newline: '\n' | '\r'): string[] {
  const rows = Papa.parse<string[]>(text, { delimiter, newline, preview: 1 }).data;
  return (rows[0] ?? []).map((name) => name.trim());
}

/** Rows of a chunk of whole records, with the index of those whose quotes are wrong. Blank lines are no rows. */
export function parseRecords(text: string, format: CsvFormat): { rows: string[][]; malformed: ReadonlySet<number> } {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: format.delimiter, newline: format.newline });
  const badQuotes = new Set(errors.filter((error) => error.type === 'Quotes').map((error) => error.row));
  const rows: string[][] = [];
  const malformed = new Set<number>();
  for (let index = 0; index < data.length; index++) {
    const row = data[index]!;
    const last = row[row.length - 1]!;
    if (last.endsWith('\r')) row[row.length - 1] = last.slice(0, -1);
    if (row.length === 1 && row[0]!.trim() === '') continue;
    if (badQuotes.size > 0 && badQuotes.has(index)) malformed.add(rows.length);
    rows.push(row);
  }
  return { rows, malformed };
}
