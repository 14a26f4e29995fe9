// Takes the header off a stream of CSV bytes and gives the rest back as it came.
import { FileFault } from '../file-fault.ts';
import { MAX_HEADER_BYTES } from '../limits.ts';
import { bomBytes, type CsvFormat, delimiterOf, headerOf, newlineOf } from './csv-format.ts';
import { NEWLINE, RecordScanner } from './record-scanner.ts';

export interface FileHead {
  readonly format: CsvFormat;
  /** Scanner of the data records that follow. */
  readonly scanner: RecordScanner;
  readonly rest: AsyncGenerator<Uint8Array>;
}

/** Throws file_empty, encoding_invalid, header_invalid. */
export async function readHead(source: AsyncIterable<Uint8Array>, columnNames: readonly string[]): Promise<FileHead> {
  const iterator = source[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array();
  for (;;) {
    const next = await iterator.next();
    if (!next.done) head = concatenated(head, next.value);
    const start = skipBlankLines(head, head.length === 0 ? 0 : bomBytes(head));
    if (next.done && start >= head.length) throw new FileFault('file_empty', 'the file is empty');
    const newline = newlineOf(head.subarray(start));
    const delimiter = delimiterOf(
      decode(head.subarray(start, start + MAX_HEADER_BYTES), next.done === true),
      columnNames,
      newline,
    );
    const end = headerEnd(head, start, { delimiter, newline });
    const length = end ?? (next.done ? head.length : undefined);
    if (length !== undefined) {
      const header = headerOf(decode(head.subarray(start, length), true), delimiter, newline);
      const scanner = scannerOf(delimiter, newline);
      return { format: { delimiter, newline, header }, scanner, rest: joined(head.subarray(length), iterator) };
    }
    if (head.length > MAX_HEADER_BYTES)
      throw new FileFault('header_invalid', 'the first line is too long for a header');
  }
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** Blank lines before the header are no header. */
function skipBlankLines(head: Uint8Array, from: number): number {
  let start = from;
  while (head[start] === NEWLINE.lf || head[start] === NEWLINE.cr) start += 1;
  return start;
}

/** The offset behind the header's line end; a line end inside quotes is none. */
function headerEnd(
  head: Uint8Array,
  start: number,
  format: Pick<CsvFormat, 'delimiter' | 'newline'>,
): number | undefined {
  const newline = format.newline.charCodeAt(0);
  const scanner = scannerOf(format.delimiter, format.newline);
  let from = start;
  for (let at = head.indexOf(newline, from); at >= 0; at = head.indexOf(newline, from)) {
    const line = head.subarray(from, at + 1);
    if (scanner.scan(line) === line.length) return at + 1;
    from = at + 1;
  }
  return undefined;
}

function scannerOf(delimiter: string, newline: string): RecordScanner {
  return new RecordScanner({ delimiter: delimiter.charCodeAt(0), newline: newline.charCodeAt(0) });
}

function decode(bytes: Uint8Array, complete: boolean): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete });
  } catch {
    // A row may be cut in mid-character here; the header itself is decoded strictly once its end is known.
    return new TextDecoder('utf-8').decode(bytes);
  }
}

async function* joined(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.(); // a run that ends early closes the file
  }
}
