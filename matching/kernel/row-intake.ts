// Takes batches of rows in: reads every cell, re-keys a whole batch at once, then accepts or rejects row by row in file
// order. After it nothing of a digest is left but its match key.
import type { RejectCode } from '../load-request.ts';
import { LoadFailure } from '../load-request.ts';
import { type CellColumn, CleartextFound, cleartextFailure } from './cell.ts';
import { holdsEmail } from './cleartext.ts';
import type { ColumnSet } from './column-set.ts';
import { DigestColumn, KEY_BYTES, NO_KEY, RecordIdColumn } from './digest-column.ts';
import { EventTimeColumn } from './event-time-column.ts';
import { KeyTable } from './key-table.ts';
import { PersonIndex } from './person-index.ts';
import type { RejectFile } from './reject-file.ts';
import { encryptBlocks, wordsOf } from './rekey.ts';
import type { RowBatch } from './rows.ts';
import { Uint8Vector, Uint32Vector } from './vector.ts';

const AT_SIGN = 64;
const WHOLE_ROW = -1;

export interface IntakeOptions {
  readonly tenantKey: Uint8Array;
  readonly rejects: RejectFile;
  readonly maxRows: number;
  /** `collect`: rows only name what a delete is about, by record id or by identifiers. */
  readonly purpose: 'store' | 'collect';
}

export class RowIntake {
  readonly columns: ColumnSet;
  readonly keys = new KeyTable();
  readonly keyTypes = new Uint8Vector();
  readonly recordKeys = new KeyTable();
  readonly persons = new PersonIndex();
  /** Of each kept row the number of its record key; empty without a record-id column. */
  readonly rowRecords = new Uint32Vector();
  received = 0;
  accepted = 0;
  readonly #options: IntakeOptions;
  /** Of each field of the file its place in the schema. */
  #places: readonly number[] = [];
  /** Staged rows of this batch that were kept, in order. */
  readonly #kept = new Uint32Vector();
  #fileRecordId: RecordIdColumn | undefined;
  #verdicts: (RejectCode | undefined)[] = [];
  #verdictFields: number[] = [];

  constructor(columns: ColumnSet, options: IntakeOptions) {
    this.columns = columns;
    this.#options = options;
  }

  /** Says which column of the schema each field of the file is. */
  arrange(places: readonly number[]): void {
    this.#places = places;
    const { all, recordId } = this.columns;
    this.#fileRecordId = recordId !== undefined && places.includes(all.indexOf(recordId)) ? recordId : undefined;
  }

  take(batch: RowBatch): void {
    const { rows } = batch;
    for (const column of this.columns.all) column.stage(rows);
    this.#readCells(batch);
    this.#findEmails(batch);
    const rekeyed = (staging: Buffer) =>
      wordsOf(encryptBlocks(this.#options.tenantKey, staging.subarray(0, rows * KEY_BYTES)));
    const keyWords = this.columns.digests.map((column) => rekeyed(column.staging));
    const recordWords = this.#fileRecordId && rekeyed(this.#fileRecordId.staging);
    this.#decide(rows, keyWords, recordWords);
    if (this.received > this.#options.maxRows) {
      throw new LoadFailure('row_limit', { hint: `a load takes at most ${this.#options.maxRows} rows` });
    }
  }

  /** Takes rows of an earlier version, whose keys are match keys already; `drop` leaves a row behind. */
  takeArchived(batch: RowBatch, drop: (keyWords: readonly Uint32Array[], record: Uint32Array, row: number) => boolean) {
    const { rows } = batch;
    for (const column of this.columns.all) column.stage(rows);
    stageArchived(batch, this.columns.all);
    const keyWords = this.columns.digests.map((column) => wordsOf(Buffer.from(column.staging)));
    const recordWords = wordsOf(Buffer.from(this.columns.recordId?.staging ?? []));
    for (let staged = 0; staged < rows; staged++) {
      if (!drop(keyWords, recordWords, staged)) {
        this.#keep(staged, this.columns.recordId && recordWords);
      }
    }
    this.#ownKeys(keyWords);
  }

  #readCells(batch: RowBatch): void {
    const places = this.#places;
    const columns = places.map((place) => this.columns.all[place] as (typeof this.columns.all)[number]);
    let row = 0;
    let field = 0;
    try {
      for (row = 0; row < batch.rows; row++) {
        this.#verdicts[row] = undefined;
        this.#verdictFields[row] = WHOLE_ROW;
        field = -1;
        const first = batch.rowFields[row] as number;
        const count = batch.fieldCount(row);
        if (count !== columns.length) {
          this.#verdicts[row] = count === 0 ? 'line_malformed' : 'column_count';
          continue;
        }
        for (field = 0; field < count; field++) {
          const column = columns[field] as (typeof columns)[number];
          const code = column.read(
            batch.bytes,
            batch.starts[first + field] as number,
            batch.ends[first + field] as number,
            row,
          );
          if (code === undefined || this.#verdicts[row] !== undefined) continue;
          this.#verdicts[row] = code;
          this.#verdictFields[row] = places[field] as number;
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof CleartextFound)) throw thrown;
      throw cleartextFailure({ row: this.received + row + 1, field: columns[field]?.field });
    }
  }

  // Almost no block holds an at sign, so one search of the block stands for a look at each of its cells.
  #findEmails(batch: RowBatch): void {
    const { bytes } = batch;
    let row = 0;
    for (let at = bytes.indexOf(AT_SIGN); at >= 0; at = bytes.indexOf(AT_SIGN, at + 1)) {
      while (row < batch.rows && endOfRow(batch, row) <= at) row++;
      if (row === batch.rows) return;
      const first = batch.rowFields[row] as number;
      const count = batch.fieldCount(row);
      for (let field = 0; field < count; field++) {
        const start = batch.starts[first + field] as number;
        const end = batch.ends[first + field] as number;
        if (at < start || at >= end || !holdsEmail(bytes.toString('utf8', start, end))) continue;
        const place = count === this.#places.length ? this.#places[field] : undefined;
        const name = place === undefined ? undefined : this.columns.all[place]?.field;
        throw cleartextFailure({ row: this.received + row + 1, field: name });
      }
    }
  }

  #decide(rows: number, keyWords: readonly Uint32Array[], recordWords: Uint32Array | undefined): void {
    for (let staged = 0; staged < rows; staged++) {
      this.received++;
      const code = this.#verdicts[staged] ?? this.#missing(staged);
      if (code !== undefined) this.#reject(this.#verdictFields[staged] as number, code);
      else if (this.#options.purpose === 'collect') this.#collect(staged, keyWords, recordWords);
      else this.#accept(staged, recordWords);
    }
    this.#ownKeys(keyWords);
  }

  #missing(staged: number): RejectCode | undefined {
    for (const digest of this.columns.digests) if (digest.present[staged] === 1) return undefined;
    const named = this.#options.purpose === 'collect' && this.#fileRecordId !== undefined;
    return named ? undefined : 'no_identifier';
  }

  #accept(staged: number, recordWords: Uint32Array | undefined): void {
    const known = recordWords !== undefined && this.recordKeys.find(recordWords, staged * 4) !== undefined;
    if (known && this.columns.eventTime === undefined) {
      const { all, recordId } = this.columns;
      this.#reject(all.indexOf(recordId as CellColumn), 'record_id_duplicate');
      return;
    }
    this.#keep(staged, recordWords);
    this.accepted++;
  }

  #keep(staged: number, recordWords: Uint32Array | undefined): void {
    const row = this.persons.addRow();
    for (const column of this.columns.all) column.keep(staged);
    this.#kept.push(staged);
    if (recordWords === undefined) return;
    const known = this.recordKeys.size;
    const record = this.recordKeys.intern(recordWords, staged * 4, row);
    if (record < known) this.persons.join(this.recordKeys.owners.items[record] as number, row);
    this.rowRecords.push(record);
  }

  // Column by column once the rows of a batch are decided: look-ups in a large table overlap only in a tight loop.
  #ownKeys(keyWords: readonly Uint32Array[]): void {
    const kept = this.#kept;
    const firstRow = this.persons.rows - kept.length;
    this.columns.digests.forEach((digest, n) => {
      const words = keyWords[n] as Uint32Array;
      for (let i = 0; i < kept.length; i++) {
        const staged = kept.items[i] as number;
        const absent = digest.present[staged] === 0;
        digest.keys.push(absent ? NO_KEY : this.#ownKey(digest.type, words, staged, firstRow + i));
      }
    });
    kept.length = 0;
  }

  #ownKey(type: number, words: Uint32Array, staged: number, row: number): number {
    const known = this.keys.size;
    const key = this.keys.intern(words, staged * 4, row);
    if (key === known) this.keyTypes.push(type);
    else this.persons.join(this.keys.owners.items[key] as number, row);
    return key;
  }

  #collect(staged: number, keyWords: readonly Uint32Array[], recordWords: Uint32Array | undefined): void {
    this.columns.digests.forEach((digest, n) => {
      if (digest.present[staged] === 1) this.keys.intern(keyWords[n] as Uint32Array, staged * 4, 0);
    });
    if (recordWords !== undefined) this.recordKeys.intern(recordWords, staged * 4, 0);
    this.accepted++;
  }

  #reject(field: number, code: RejectCode): void {
    this.#options.rejects.add(this.received, field, code);
  }
}

function endOfRow(batch: RowBatch, row: number): number {
  const next = batch.rowFields[row + 1] as number;
  return next === 0 ? 0 : (batch.ends[next - 1] as number);
}

function stageArchived(batch: RowBatch, columns: readonly CellColumn[]): void {
  const { bytes } = batch;
  for (let row = 0; row < batch.rows; row++) {
    const first = batch.rowFields[row] as number;
    columns.forEach((column, place) => {
      const start = batch.starts[first + place] as number;
      const end = batch.ends[first + place] as number;
      if (column instanceof DigestColumn || column instanceof RecordIdColumn) {
        bytes.copy(column.staging, row * KEY_BYTES, start, end);
        if (column instanceof DigestColumn) column.present[row] = start === end ? 0 : 1;
      } else if (column instanceof EventTimeColumn) column.readArchived(bytes, start, end, row);
      else if (column.read(bytes, start, end, row) !== undefined) {
        throw new LoadFailure('schema_changed', { field: column.field, hint: 'replace the dataset as a whole' });
      }
    });
  }
}
