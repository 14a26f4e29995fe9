// Splits CSV (RFC 4180, LF or CRLF) into rows without making strings. Knows quotes, newlines within quotes and blank
// lines, which are skipped; a record that the block cuts is left for the next block.
import { LoadFailure } from '../load-request.ts';
import { blankLine, COMMA, CR, isBlank, LF, QUOTE } from './csv-bytes.ts';
import type { RowBatch } from './rows.ts';

/** Splits every whole record of `bytes` into the batch and returns how many bytes those took. */
export function splitCsv(bytes: Buffer, batch: RowBatch, options: { last: boolean; maxRows?: number }): number {
  batch.reset(bytes);
  const end = bytes.length;
  const maxRows = options.maxRows ?? Number.POSITIVE_INFINITY;
  const doubled: number[] = [];
  let record = 0;
  while (record < end && batch.rows < maxRows) {
    const blank = blankLine(bytes, record, end);
    if (blank > 0) {
      record += blank;
      continue;
    }
    const fieldsBefore = batch.fields;
    doubled.length = 0;
    const next = splitRecord(bytes, record, { batch, doubled, last: options.last });
    if (next < 0) {
      batch.fields = fieldsBefore;
      break;
    }
    for (const field of doubled) undoubleQuotes(batch, field);
    batch.endRow();
    record = next;
  }
  return record;
}

interface Splitting {
  readonly batch: RowBatch;
  /** Fields of this record that hold doubled quotes. */
  readonly doubled: number[];
  readonly last: boolean;
}

/** Returns where the next record starts, or -1 when the block ends within this one. */
function splitRecord(bytes: Buffer, record: number, splitting: Splitting): number {
  const { batch, last } = splitting;
  const end = bytes.length;
  let at = record;
  for (;;) {
    if (at < end && bytes[at] === QUOTE) {
      const closing = closingQuote(bytes, at, last);
      if (closing < 0) return -1;
      pushQuoted(bytes, at + 1, closing, splitting);
      const next = afterQuoted(bytes, closing + 1, last);
      if (next.rowEnds || next.at < 0) return next.at;
      at = next.at;
      continue;
    }
    const start = at;
    let byte = 0;
    while (at < end) {
      byte = bytes[at] as number;
      if (byte <= COMMA && (byte === COMMA || byte === LF)) break;
      at++;
    }
    if (at === end && !last) return -1;
    if (at < end && byte === COMMA) {
      batch.pushField(start, at);
      at++;
      continue;
    }
    batch.pushField(start, at > start && bytes[at - 1] === CR ? at - 1 : at);
    return at < end ? at + 1 : end;
  }
}

function pushQuoted(bytes: Buffer, start: number, end: number, splitting: Splitting): void {
  const quote = bytes.indexOf(QUOTE, start);
  if (quote < end) splitting.doubled.push(splitting.batch.fields);
  splitting.batch.pushField(start, end);
}

/** Blanks between the closing quote and the comma or line end are no part of the field, as papaparse has it. */
function afterQuoted(bytes: Buffer, closed: number, last: boolean): { at: number; rowEnds: boolean } {
  let at = closed;
  while (isBlank(bytes[at])) at++;
  if (at === bytes.length && !last) return { at: -1, rowEnds: true };
  if (at === bytes.length && at === closed) return { at, rowEnds: true };
  if (bytes[at] === COMMA) return { at: at + 1, rowEnds: false };
  if (bytes[at] === LF) return { at: at + 1, rowEnds: true };
  if (bytes[at] === CR && at + 1 === bytes.length) return { at: last ? at + 1 : -1, rowEnds: true };
  if (bytes[at] === CR && bytes[at + 1] === LF) return { at: at + 2, rowEnds: true };
  throw new LoadFailure('quote_malformed', { hint: 'after a closing quote stands a comma or the end of the row' });
}

function closingQuote(bytes: Buffer, opening: number, last: boolean): number {
  let at = opening + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) {
      if (last) throw new LoadFailure('quote_unterminated', { hint: 'a quoted field is never closed' });
      return -1;
    }
    // The byte after the quote decides whether it is doubled; without it the record waits for the next block.
    if (quote + 1 === bytes.length && !last) return -1;
    if (bytes[quote + 1] !== QUOTE) return quote;
    at = quote + 2;
  }
}

/** In place, and only once the record is whole: a record that waits for the next block is split a second time. */
function undoubleQuotes(batch: RowBatch, field: number): void {
  const { bytes } = batch;
  const end = batch.ends[field] as number;
  let to = batch.starts[field] as number;
  for (let from = to; from < end; from++) {
    const byte = bytes[from] as number;
    bytes[to++] = byte;
    if (byte === QUOTE) from++;
  }
  batch.ends[field] = to;
}
