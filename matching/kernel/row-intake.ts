// Takes batches of rows in: reads every cell, re-keys a whole batch at once, then accepts or rejects row by row in file
// order. After it nothing of a digest is left but its match key.
import { LoadFailure } from '../load-request.ts';
import { type CellColumn, CleartextFound, cleartextFailure } from './cell.ts';
import { holdsEmail } from './cleartext.ts';
import type { ColumnSet } from './column-set.ts';
import { ConsentStringColumn } from './consent-string-column.ts';
import { DigestColumn, KEY_BYTES, RecordIdColumn } from './digest-column.ts';
import type { ErasedRows } from './erased-rows.ts';
import { EventTimeColumn } from './event-time-column.ts';
import { KeptRows } from './kept-rows.ts';
import { KEY_WORDS } from './key-column.ts';
import { KeyTable } from './key-table.ts';
import { PersonIndex } from './person-index.ts';
import type { RejectFile } from './reject-file.ts';
import { encryptBlocks, wordsOf } from './rekey.ts';
import type { RowBatch } from './rows.ts';
import { Uint32Vector } from './vector.ts';
import { Verdicts } from './verdicts.ts';

const AT_SIGN = 64;

export interface IntakeOptions {
  readonly tenantKey: Uint8Array;
  readonly rejects: RejectFile;
  readonly maxRows: number;
  /** Whoever was erased does not come in again; absent where nobody was. */
  readonly erased: ErasedRows | undefined;
  /** `collect`: rows only name what a delete is about, by record id or by identifiers. */
  readonly purpose: 'store' | 'collect';
}

export class RowIntake {
  readonly columns: ColumnSet;
  /** What a delete names; the keys of stored rows stand in their columns. */
  readonly namedKeys = new KeyTable();
  readonly recordKeys = new KeyTable();
  readonly persons = new PersonIndex();
  /** Of each kept row the number of its record key; empty without a record-id column. */
  readonly rowRecords = new Uint32Vector();
  received = 0;
  accepted = 0;
  readonly #options: IntakeOptions;
  /** Of each field of the file its place in the schema. */
  #places: readonly number[] = [];
  readonly #kept = new KeptRows();
  readonly #verdicts = new Verdicts();
  #fileRecordId: RecordIdColumn | undefined;

  constructor(columns: ColumnSet, options: IntakeOptions) {
    this.columns = columns;
    this.#options = options;
  }

  /** Says which column of the schema each field of the file is; the fields that hold digests come back. */
  arrange(places: readonly number[]): (DigestColumn | undefined)[] {
    this.#places = places;
    const { all, recordId } = this.columns;
    this.#fileRecordId = recordId !== undefined && places.includes(all.indexOf(recordId)) ? recordId : undefined;
    return places.map((place) => this.columns.digests.find((digest) => digest === all[place]));
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
  takeArchived(
    batch: RowBatch,
    drop: (keyWords: readonly Uint32Array[], record: Uint32Array, row: number) => boolean,
  ): KeptRows {
    const { rows } = batch;
    for (const column of this.columns.all) column.stage(rows);
    stageArchived(batch, this.columns.all);
    const keyWords = this.columns.digests.map((column) => wordsOf(Buffer.from(column.staging)));
    const recordWords = wordsOf(Buffer.from(this.columns.recordId?.staging ?? []));
    this.#kept.reset(rows);
    const { erased } = this.#options;
    for (let staged = 0; staged < rows; staged++) {
      const isErased = erased?.has({ staged, digests: this.columns.digests, keyWords, recordWords }) ?? false;
      if (!isErased && !drop(keyWords, recordWords, staged))
        this.#keepRow(staged, this.columns.recordId && recordWords);
    }
    this.#keepColumns(rows, keyWords);
    return this.#kept;
  }

  // Column by column, so that the loop over a column knows what it reads.
  #readCells(batch: RowBatch): void {
    const verdicts = this.#verdicts;
    const width = this.#places.length;
    verdicts.reset(batch.rows);
    for (let row = 0; row < batch.rows; row++) {
      const count = batch.fieldCount(row);
      if (count !== width) verdicts.add(row, count === 0 ? 'line_malformed' : 'column_count');
    }
    try {
      this.#places.forEach((place, field) => {
        const column = this.columns.all[place] as CellColumn;
        column.readBatch({ batch, field, width, place, verdicts });
      });
    } catch (thrown) {
      if (!(thrown instanceof CleartextFound)) throw thrown;
      this.#tellFirstCleartext(batch);
    }
  }

  /** The first in the order of the file, whichever column met one first. */
  #tellFirstCleartext(batch: RowBatch): never {
    const { bytes, starts, ends } = batch;
    let row = 0;
    let column: CellColumn | undefined;
    try {
      for (; row < batch.rows; row++) {
        for (const [field, place] of this.#places.entries()) {
          const at = batch.fieldOf(row, field, this.#places.length);
          if (at < 0) continue;
          column = this.columns.all[place] as CellColumn;
          column.read(bytes, starts[at] as number, ends[at] as number, row);
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof CleartextFound)) throw thrown;
    }
    throw cleartextFailure({ row: this.received + row + 1, field: column?.field });
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
    const collecting = this.#options.purpose === 'collect';
    if (!(collecting && recordWords !== undefined)) this.#refuseUnidentified(rows);
    if (!collecting) this.#refuseErased(rows, keyWords, recordWords);
    this.#kept.reset(rows);
    if (!collecting && recordWords === undefined && this.#verdicts.areEmpty) this.#acceptAll(rows);
    else this.#judge(rows, keyWords, recordWords);
    this.#keepColumns(rows, keyWords);
  }

  #acceptAll(rows: number): void {
    this.received += rows;
    this.accepted += rows;
    this.persons.rows += rows;
    this.#kept.takeAll(rows);
  }

  #judge(rows: number, keyWords: readonly Uint32Array[], recordWords: Uint32Array | undefined): void {
    const { codes } = this.#verdicts;
    const collecting = this.#options.purpose === 'collect';
    for (let staged = 0; staged < rows; staged++) {
      this.received++;
      if (codes[staged] !== 0) {
        this.#options.rejects.add(this.received, this.#verdicts.fieldOf(staged), this.#verdicts.codeOf(staged));
      } else if (collecting) this.#collect(staged, keyWords, recordWords);
      else this.#accept(staged, recordWords);
    }
  }

  #refuseUnidentified(rows: number): void {
    const { digests } = this.columns;
    for (let staged = 0; staged < rows; staged++) {
      let present = 0;
      for (let n = 0; n < digests.length; n++) present |= (digests[n] as DigestColumn).present[staged] as number;
      if (present === 0) this.#verdicts.add(staged, 'no_identifier');
    }
  }

  #refuseErased(rows: number, keyWords: readonly Uint32Array[], recordWords: Uint32Array | undefined): void {
    const { erased } = this.#options;
    if (erased === undefined) return;
    const { digests } = this.columns;
    for (let staged = 0; staged < rows; staged++) {
      if (erased.has({ staged, digests, keyWords, recordWords })) this.#verdicts.add(staged, 'person_erased');
    }
  }

  #accept(staged: number, recordWords: Uint32Array | undefined): void {
    const { eventTime, all, recordId } = this.columns;
    if (
      recordWords !== undefined &&
      eventTime === undefined &&
      this.recordKeys.find(recordWords, staged * 4) !== undefined
    ) {
      this.#options.rejects.add(this.received, all.indexOf(recordId as CellColumn), 'record_id_duplicate');
      return;
    }
    this.#keepRow(staged, recordWords);
    this.accepted++;
  }

  #keepRow(staged: number, recordWords: Uint32Array | undefined): void {
    const row = this.persons.addRow();
    this.#kept.push(staged);
    if (recordWords === undefined) return;
    const known = this.recordKeys.size;
    const record = this.recordKeys.intern(recordWords, staged * 4, row);
    if (record < known) this.persons.join(this.recordKeys.owners.items[record] as number, row);
    this.rowRecords.push(record);
  }

  #keepColumns(rows: number, keyWords: readonly Uint32Array[]): void {
    const kept = this.#kept;
    kept.end(rows);
    for (const column of this.columns.all) column.keep(kept);
    this.columns.digests.forEach((digest, n) => {
      const words = keyWords[n] as Uint32Array;
      for (let staged = 0; staged < rows; staged++) {
        if (digest.present[staged] === 0) words.fill(0, staged * KEY_WORDS, (staged + 1) * KEY_WORDS);
      }
      digest.keys.keep(words, kept);
    });
  }

  #collect(staged: number, keyWords: readonly Uint32Array[], recordWords: Uint32Array | undefined): void {
    this.columns.digests.forEach((digest, n) => {
      if (digest.present[staged] === 1) this.namedKeys.intern(keyWords[n] as Uint32Array, staged * 4, 0);
    });
    if (recordWords !== undefined) this.recordKeys.intern(recordWords, staged * 4, 0);
    this.accepted++;
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
        if (start !== end && end - start !== KEY_BYTES) throw new Error('an archived key is whole or absent');
        bytes.copy(column.staging, row * KEY_BYTES, start, end);
        if (column instanceof DigestColumn) column.present[row] = start === end ? 0 : 1;
      } else if (column instanceof ConsentStringColumn) column.readArchived(bytes, start, end, row);
      else if (column instanceof EventTimeColumn) column.readArchived(bytes, start, end, row);
      else if (column.read(bytes, start, end, row) !== undefined) {
        throw new LoadFailure('schema_changed', { field: column.field, hint: 'replace the dataset as a whole' });
      }
    });
  }
}
