// Columns that end as sixteen-byte keys: salted digests and record ids. They stage what is to be encrypted in one
// buffer a batch, so that a whole batch is re-keyed by one call of the cipher.
import { hash } from 'node:crypto';
import { MAX_RECORD_ID_BYTES } from '../limits.ts';
import type { RejectCode } from '../load-request.ts';
import { type BatchCells, type CellColumn, readEach, refuseCleartext } from './cell.ts';
import type { ColumnMemory } from './column-memory.ts';
import { KeyColumn } from './key-column.ts';

export const KEY_BYTES = 16;
export const DIGEST_DIGITS = 64;
const SPACE = 32;
const TAB = 9;
const CAPITALS_OR_DIGITS = /^[0-9a-fA-F]{64}$/;

/** The value of a lower-case hex digit, or 255. */
const NIBBLE = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) NIBBLE[digit.toString(16).charCodeAt(0)] = digit;

export class DigestColumn implements CellColumn {
  readonly field: string;
  readonly type: number;
  /** Sixteen bytes a staged row; the first half of the digest, overwritten by its match key. */
  staging: Buffer = Buffer.alloc(0);
  present: Uint8Array = new Uint8Array(0);
  readonly keys: KeyColumn;
  #prepared = false;

  constructor(field: string, type: number, memory?: ColumnMemory) {
    this.field = field;
    this.type = type;
    this.keys = new KeyColumn(memory);
  }

  stage(rows: number): void {
    if (!this.#prepared) this.present.fill(0);
    this.#prepared = false;
    this.#reserve(rows);
  }

  /** Makes room for the digests that a splitter stages before it knows how many rows a block has. */
  prepare(bytes: number): void {
    this.#reserve(Math.ceil(bytes / DIGEST_DIGITS));
    this.present.fill(0);
    this.#prepared = true;
  }

  /** The same where the splitter has memory of its own. */
  stageIn({ staging, present }: { staging: Buffer; present: Uint8Array }): void {
    this.staging = staging;
    this.present = present;
    present.fill(0);
    this.#prepared = true;
  }

  #reserve(rows: number): void {
    if (rows <= this.present.length) return;
    const { staging, present } = this;
    this.staging = Buffer.alloc(rows * 2 * KEY_BYTES);
    this.present = new Uint8Array(rows * 2);
    staging.copy(this.staging);
    this.present.set(present);
  }

  readBatch({ batch, field, width, place, verdicts }: BatchCells): void {
    const { bytes, starts, ends } = batch;
    for (let row = 0; row < batch.rows; row++) {
      const at = batch.fieldOf(row, field, width);
      if (at < 0 || this.present[row] === 1) continue;
      const code = this.read(bytes, starts[at] as number, ends[at] as number, row);
      if (code !== undefined) verdicts.add(row, code, place);
    }
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    if (start === end) return undefined;
    if (end - start !== DIGEST_DIGITS) return this.#refuse(bytes.toString('utf8', start, Math.min(end, start + 512)));
    if (this.stageHex(bytes, start, staged)) return undefined;
    return this.#refuse(bytes.toString('utf8', start, end));
  }

  /** Decodes 64 lower-case hex digits into a row of the staging area; false for anything else, or where room ends. */
  stageHex(bytes: Buffer, start: number, staged: number): boolean {
    const { staging, present } = this;
    if (staged >= present.length) return false;
    let to = staged * KEY_BYTES;
    let seen = 0;
    for (let at = start; at < start + KEY_BYTES * 2; at += 2) {
      const high = NIBBLE[bytes[at] as number] as number;
      const low = NIBBLE[bytes[at + 1] as number] as number;
      seen |= high | low;
      staging[to++] = (high << 4) | low;
    }
    if (seen > 15) return false;
    for (let at = start + KEY_BYTES * 2; at < start + DIGEST_DIGITS; at++)
      seen |= NIBBLE[bytes[at] as number] as number;
    if (seen > 15) return false;
    present[staged] = 1;
    return true;
  }

  keep(): void {}

  #refuse(cell: string): RejectCode {
    refuseCleartext(cell, 'digest');
    return CAPITALS_OR_DIGITS.test(cell) ? 'digest_uppercase' : 'digest_malformed';
  }
}

/** The second and later columns of a composite: their digest stands in the first one. */
export class EmptyPartColumn implements CellColumn {
  readonly field: string;

  constructor(field: string) {
    this.field = field;
  }

  stage(): void {}

  readBatch(cells: BatchCells): void {
    readEach(this, cells);
  }

  read(bytes: Buffer, start: number, end: number): RejectCode | undefined {
    if (start === end) return undefined;
    refuseCleartext(bytes.toString('utf8', start, Math.min(end, start + 512)), 'digest');
    return 'digest_malformed';
  }

  keep(): void {}
}

export class RecordIdColumn implements CellColumn {
  readonly field: string;
  staging: Buffer = Buffer.alloc(0);

  constructor(field: string) {
    this.field = field;
  }

  stage(rows: number): void {
    if (this.staging.length < rows * KEY_BYTES) this.staging = Buffer.alloc(rows * 2 * KEY_BYTES);
  }

  readBatch({ batch, field, width, place, verdicts }: BatchCells): void {
    const { bytes, starts, ends } = batch;
    for (let row = 0; row < batch.rows; row++) {
      const at = batch.fieldOf(row, field, width);
      if (at < 0) continue;
      const code = this.read(bytes, starts[at] as number, ends[at] as number, row);
      if (code !== undefined) verdicts.add(row, code, place);
    }
  }

  // Up to fifteen bytes stand in the block as they are, closed by 0x80 and zeros; longer ids by their SHA-256.
  // Both are encrypted before anything is stored. A digest ending like a short id is as unlikely as a collision.
  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    const length = end - start;
    if (isBlank(bytes, start, end)) return 'record_id_missing';
    if (length > MAX_RECORD_ID_BYTES) return 'record_id_malformed';
    const at = staged * KEY_BYTES;
    const { staging } = this;
    if (length < KEY_BYTES) {
      for (let i = 0; i < length; i++) staging[at + i] = bytes[start + i] as number;
      staging[at + length] = 0x80;
      staging.fill(0, at + length + 1, at + KEY_BYTES);
    } else {
      const digest = hash('sha256', bytes.subarray(start, end), 'binary');
      staging.write(digest.slice(0, KEY_BYTES), at, 'latin1');
    }
    return undefined;
  }

  keep(): void {}
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== SPACE && bytes[at] !== TAB) return false;
  return true;
}
