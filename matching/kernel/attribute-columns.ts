// Attribute columns: boolean, category, number and date, each in the smallest typed form. An empty cell is unknown.
import { MAX_CATEGORIES_PER_COLUMN, MAX_CATEGORY_CHARACTERS } from '../limits.ts';
import { LoadFailure, type RejectCode } from '../load-request.ts';
import { DECIMAL, plainDecimal, plainWord, shiftedDays, spelledWord } from './attribute-cells.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { type BatchCells, type CellColumn, refuseCleartext } from './cell.ts';
import { BYTES, ChunkedColumn, DOUBLES, WORDS } from './chunked-column.ts';
import type { ColumnMemory } from './column-memory.ts';
import type { KeptRows } from './kept-rows.ts';
import { SHORT_BYTES, ShortWords } from './short-words.ts';
import { Uint8Vector } from './vector.ts';

export type AttributeCells = BooleanColumn | CategoryColumn | NumberColumn | DateColumn;

/** 0 no, 1 yes, 2 unknown. */
export const UNKNOWN_BOOLEAN = 2;
/** Number of the label; this one for unknown. */
export const UNKNOWN_CATEGORY = 0xffffffff;
/** Shifted days; this one for unknown. */
export const UNKNOWN_DATE = 0xffffffff;

export class BooleanColumn implements CellColumn {
  readonly kind = 'boolean';
  readonly field: string;
  readonly values: ChunkedColumn<Uint8Array>;
  #staging = new Uint8Array(0);

  constructor(field: string, memory: ColumnMemory) {
    this.field = field;
    this.values = new ChunkedColumn(memory, BYTES);
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Uint8Array(rows * 2);
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

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    if (end === start) this.#staging[staged] = UNKNOWN_BOOLEAN;
    else {
      const word = plainWord(bytes, start, end) ?? spelledWord(bytes, start, end);
      if (word === undefined) return 'attribute_invalid';
      this.#staging[staged] = word;
    }
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }
}

export class CategoryColumn implements CellColumn {
  readonly kind = 'category';
  readonly field: string;
  readonly dictionary = new ByteDictionary();
  readonly values: ChunkedColumn<Uint32Array>;
  readonly #allowed: ReadonlySet<string> | undefined;
  /** Valid labels, the short ones of them. */
  readonly #short = new ShortWords();
  #valid = new Uint8Vector();
  #staging = new Uint32Array(0);

  constructor(field: string, memory: ColumnMemory, categories?: readonly string[]) {
    this.field = field;
    this.values = new ChunkedColumn(memory, WORDS);
    this.#allowed = categories === undefined ? undefined : new Set(categories);
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Uint32Array(rows * 2);
  }

  readBatch({ batch, field, width, place, verdicts }: BatchCells): void {
    const { bytes, starts, ends } = batch;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const lastWhole = bytes.length - SHORT_BYTES;
    for (let row = 0; row < batch.rows; row++) {
      const at = batch.fieldOf(row, field, width);
      if (at < 0) continue;
      const start = starts[at] as number;
      const end = ends[at] as number;
      if (start <= lastWhole && end - start <= SHORT_BYTES && start !== end) {
        const id = this.#short.find(view, start, end - start);
        if (id >= 0) {
          this.#staging[row] = id;
          continue;
        }
      }
      const code = this.read(bytes, start, end, row);
      if (code !== undefined) verdicts.add(row, code, place);
    }
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    if (start === end) {
      this.#staging[staged] = UNKNOWN_CATEGORY;
      return undefined;
    }
    if (end - start > MAX_CATEGORY_CHARACTERS * 4) return this.#refuseLong(bytes, start, end);
    let id = this.dictionary.intern(bytes, start, end);
    if (id < 0) {
      id = ~id;
      this.#judge(id);
    }
    if (this.#valid.items[id] === 0) return this.#refuse(this.dictionary.text(id));
    this.#staging[staged] = id;
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }

  #judge(id: number): void {
    const label = this.dictionary.text(id);
    // Not valid until it is known to be no cleartext: a second look at the same cell must come to the same end.
    this.#valid.push(0);
    refuseCleartext(label, 'category');
    const fits = [...label].length <= MAX_CATEGORY_CHARACTERS && !/\p{Cc}/u.test(label);
    if (fits && (this.#allowed?.has(label) ?? true)) {
      this.#valid.items[id] = 1;
      this.#short.add(this.dictionary.bytes(id), id);
    }
    if (this.dictionary.size > MAX_CATEGORIES_PER_COLUMN) {
      throw new LoadFailure('category_limit', { field: this.field, hint: 'a category is a label, never free text' });
    }
  }

  #refuse(label: string): RejectCode {
    refuseCleartext(label, 'category');
    return 'attribute_invalid';
  }

  #refuseLong(bytes: Buffer, start: number, end: number): RejectCode {
    refuseCleartext(bytes.toString('utf8', start, end), 'other');
    return 'attribute_invalid';
  }
}

export class NumberColumn implements CellColumn {
  readonly kind = 'number';
  readonly field: string;
  /** NaN for unknown. */
  readonly values: ChunkedColumn<Float64Array>;
  #staging = new Float64Array(0);

  constructor(field: string, memory: ColumnMemory) {
    this.field = field;
    this.values = new ChunkedColumn(memory, DOUBLES);
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Float64Array(rows * 2);
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

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    if (start === end) {
      this.#staging[staged] = Number.NaN;
      return undefined;
    }
    let value = plainDecimal(bytes, start, end);
    if (value < 0) {
      const cell = bytes.toString('latin1', start, Math.min(end, start + 80)).trim();
      value = end - start <= 80 && DECIMAL.test(cell) ? Number(cell) : Number.NaN;
      if (!Number.isFinite(value)) return 'attribute_invalid';
    }
    this.#staging[staged] = value;
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }
}

export class DateColumn implements CellColumn {
  readonly kind = 'date';
  readonly field: string;
  readonly values: ChunkedColumn<Uint32Array>;
  #staging = new Uint32Array(0);

  constructor(field: string, memory: ColumnMemory) {
    this.field = field;
    this.values = new ChunkedColumn(memory, WORDS);
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Uint32Array(rows * 2);
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

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    const days = start === end ? UNKNOWN_DATE : shiftedDays(bytes, start, end);
    if (days === undefined) return 'attribute_invalid';
    this.#staging[staged] = days;
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }
}
