// Attribute columns: boolean, category, number and date, each in the smallest typed form. An empty cell is unknown.
import { MAX_CATEGORIES_PER_COLUMN, MAX_CATEGORY_CHARACTERS } from '../limits.ts';
import { LoadFailure, type RejectCode } from '../load-request.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { type BatchCells, type CellColumn, refuseCleartext } from './cell.ts';
import type { KeptRows } from './kept-rows.ts';
import { Float64Vector, Uint8Vector, Uint32Vector } from './vector.ts';

export type AttributeCells = BooleanColumn | CategoryColumn | NumberColumn | DateColumn;

/** 0 no, 1 yes, 2 unknown. */
export const UNKNOWN_BOOLEAN = 2;
/** Number of the label; this one for unknown. */
export const UNKNOWN_CATEGORY = 0xffffffff;
/** Days since 1970, shifted so that they stay positive; this one for unknown. */
export const UNKNOWN_DATE = 0xffffffff;
export const DATE_SHIFT_DAYS = 1 << 20;

const WORDS: Readonly<Record<string, number>> = { true: 1, '1': 1, yes: 1, false: 0, '0': 0, no: 0 };
const DECIMAL = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;
const DAY_MS = 86_400_000;
/** Days from 1970 to each new year from 1900 on: Date.UTC for each cell would be half the cost of a date. */
const DAYS_BEFORE_YEAR = Int32Array.from({ length: 400 }, (_, n) => Date.UTC(1900 + n, 0, 1) / DAY_MS);
const DAYS_BEFORE_MONTH = Int32Array.of(0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);

export class BooleanColumn implements CellColumn {
  readonly kind = 'boolean';
  readonly field: string;
  readonly values = new Uint8Vector();
  #staging = new Uint8Array(0);

  constructor(field: string) {
    this.field = field;
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

const TRUE = 0x74727565;
const FALSE = 0x66616c73;

function spelledWord(bytes: Buffer, start: number, end: number): number | undefined {
  return end - start > 5 ? undefined : WORDS[bytes.toString('latin1', start, end).toLowerCase()];
}

/** `1`, `0`, `true` and `false` without making a string of them. */
function plainWord(bytes: Buffer, start: number, end: number): number | undefined {
  const length = end - start;
  if (length === 1) return bytes[start] === 49 ? 1 : bytes[start] === 48 ? 0 : undefined;
  if (length < 4) return undefined;
  const word =
    ((bytes[start] as number) << 24) |
    ((bytes[start + 1] as number) << 16) |
    ((bytes[start + 2] as number) << 8) |
    (bytes[start + 3] as number);
  if (length === 4) return word === TRUE ? 1 : undefined;
  return length === 5 && word === FALSE && bytes[start + 4] === 101 ? 0 : undefined;
}

export class CategoryColumn implements CellColumn {
  readonly kind = 'category';
  readonly field: string;
  readonly dictionary = new ByteDictionary();
  readonly values = new Uint32Vector();
  readonly #allowed: ReadonlySet<string> | undefined;
  #valid = new Uint8Vector();
  #staging = new Uint32Array(0);

  constructor(field: string, categories: readonly string[] | undefined) {
    this.field = field;
    this.#allowed = categories === undefined ? undefined : new Set(categories);
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
    if (fits && (this.#allowed?.has(label) ?? true)) this.#valid.items[id] = 1;
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
  readonly values = new Float64Vector();
  #staging = new Float64Array(0);

  constructor(field: string) {
    this.field = field;
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

/**
 * Digits with at most one point and fifteen places, by far the most frequent form; -1 for anything else. Both the digits
 * and the power of ten are exact, so their quotient is rounded once, as Number() would.
 */
function plainDecimal(bytes: Buffer, start: number, end: number): number {
  if (end - start > 16) return -1;
  let digits = 0;
  let places = 0;
  let point = -1;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      places++;
    } else if (digit === -2 && point < 0) point = at;
    else return -1;
  }
  if (places === 0 || places > 15) return -1;
  return point < 0 ? digits : digits / (POWERS_OF_TEN[end - 1 - point] as number);
}

const POWERS_OF_TEN = Float64Array.from({ length: 17 }, (_, n) => Number(`1e${n}`));

/** Plain digits with at most nine places, by far the most frequent form; -1 for anything else. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 9) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

export class DateColumn implements CellColumn {
  readonly kind = 'date';
  readonly field: string;
  readonly values = new Uint32Vector();
  #staging = new Uint32Array(0);

  constructor(field: string) {
    this.field = field;
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

/** YYYY-MM-DD of a real day between 1900 and 2299, the range of the engine's Date32. */
function shiftedDays(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return undefined;
  const year = wholeNumber(bytes, start, start + 4);
  const month = wholeNumber(bytes, start + 5, start + 7);
  const day = wholeNumber(bytes, start + 8, end);
  if (year < 1900 || year > 2299 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) {
    return undefined;
  }
  return (DAYS_BEFORE_YEAR[year - 1900] as number) + dayOfYear(year, month) + day - 1 + DATE_SHIFT_DAYS;
}

function dayOfYear(year: number, month: number): number {
  return (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeapYear(year) ? 1 : 0);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
