// Splits CSV without a single quote in it, which is how digests are mostly sent. A digest is decoded where it stands:
// 64 hex digits hold no comma, so decoding them finds the end of the field as well.
import { blankLine, COMMA, CR, LF } from './csv-bytes.ts';
import { DIGEST_DIGITS, type DigestColumn } from './digest-column.ts';
import type { RowBatch } from './rows.ts';

export interface PlainCsv {
  /** Of each field of the file the column of its digest; undefined for anything else. */
  readonly digests: readonly (DigestColumn | undefined)[];
  readonly last: boolean;
}

/** Splits every whole record and returns how many bytes those took, as `splitCsv` would. */
export function splitPlainCsv(bytes: Buffer, batch: RowBatch, { digests, last }: PlainCsv): number {
  batch.reset(bytes);
  for (const digest of digests) digest?.prepare(bytes.length);
  const end = bytes.length;
  const ahead = new Ahead(bytes);
  let record = 0;
  while (record < end) {
    const blank = blankLine(bytes, record, end);
    if (blank > 0) {
      record += blank;
      continue;
    }
    const fieldsBefore = batch.fields;
    let at = record;
    for (let field = 0; ; field++) {
      const start = at;
      const digest = field < digests.length ? digests[field] : undefined;
      if (digest !== undefined && endsField(bytes, at + DIGEST_DIGITS) && digest.stageHex(bytes, at, batch.rows)) {
        at += DIGEST_DIGITS;
      } else at = fieldEnd(bytes, at, ahead);
      if (at === end && !last) {
        batch.fields = fieldsBefore;
        return record;
      }
      if (at < end && bytes[at] === COMMA) {
        batch.pushField(start, at++);
        continue;
      }
      batch.pushField(start, at > start && bytes[at - 1] === CR ? at - 1 : at);
      break;
    }
    batch.endRow();
    record = at < end ? at + 1 : end;
  }
  return record;
}

function endsField(bytes: Buffer, at: number): boolean {
  return at < bytes.length && (bytes[at] === COMMA || bytes[at] === LF);
}

/** Past so many bytes of a cell a native search for its end costs less than the loop. */
const SHORT_CELL_BYTES = 40;

function fieldEnd(bytes: Buffer, start: number, ahead: Ahead): number {
  const short = Math.min(start + SHORT_CELL_BYTES, bytes.length);
  for (let at = start; at < short; at++) {
    const byte = bytes[at] as number;
    if (byte <= COMMA && (byte === COMMA || byte === LF)) return at;
  }
  return short === bytes.length ? short : ahead.separatorFrom(short);
}

/** Where the next comma and the next line end stand. Neither is searched for twice, so that a block without one of them is read once. */
class Ahead {
  readonly #bytes: Buffer;
  #comma = -1;
  #line = -1;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  separatorFrom(at: number): number {
    if (this.#comma < at) this.#comma = this.#next(COMMA, at);
    if (this.#line < at) this.#line = this.#next(LF, at);
    return Math.min(this.#comma, this.#line);
  }

  #next(byte: number, at: number): number {
    const found = this.#bytes.indexOf(byte, at);
    return found < 0 ? this.#bytes.length : found;
  }
}
