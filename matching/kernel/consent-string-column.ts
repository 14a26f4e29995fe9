// Consent of a row as a string of a consent platform (TCF, GPP, US Privacy), numbered by its distinct text. What a string says is read
// once for each distinct one, after the last row; whether it lets a person go is asked at the release.
import type { StringKind } from '../consent-strings/decode.ts';
import { DecodedStrings } from '../consent-strings/decoded-strings.ts';
import { CONSENT_STRING_LIMITS, MAX_STRINGS_OF_PERSON } from '../limits.ts';
import { LoadFailure, type RejectCode } from '../load-request.ts';
import { type BatchCells, type CellColumn, refuseCleartext } from './cell.ts';
import { type CellFingerprints, FingerprintTable } from './cell-fingerprints.ts';
import type { KeptRows } from './kept-rows.ts';
import type { RowBatch } from './rows.ts';
import { StringDictionary, type StringLimits } from './string-dictionary.ts';
import { Uint32Vector } from './vector.ts';

const MAX_CELL_BYTES = 4_096;
const AT_SIGN = 64;

/** Sets of strings by number; 0 is silence. A person with several records has all their strings, each of which must allow. */
export class StringClasses {
  readonly strings = new StringDictionary();
  /** Of the classes beyond single strings: the strings of each. */
  readonly #sets = new Map<number, readonly number[]>();
  readonly #numbers = new Map<string, number>();
  #last = 0;

  stringsOf(id: number): readonly number[] {
    return this.#sets.get(id) ?? (id === 0 ? [] : [id]);
  }

  /** What both say: all the strings of both, and nothing where one is silent or they are beyond reason. Only called after the last row. */
  intersection(a: number, b: number): number {
    if (a === b) return a;
    if (a === 0 || b === 0) return 0;
    const united = [...new Set([...this.stringsOf(a), ...this.stringsOf(b)])].sort((one, other) => one - other);
    if (united.length === 1) return united[0] as number;
    if (united.length > MAX_STRINGS_OF_PERSON) return 0;
    const key = united.join(' ');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#sets.size >= CONSENT_STRING_LIMITS.maxStrings) {
      const hint = 'persons of several records have too many different sets of consent strings';
      throw new LoadFailure('consent_limit', { hint });
    }
    this.#last = Math.max(this.#last, this.strings.size - 1) + 1;
    this.#numbers.set(key, this.#last);
    this.#sets.set(this.#last, united);
    return this.#last;
  }

  /** One more than the greatest number in use. */
  get count(): number {
    return Math.max(this.#last + 1, this.strings.size);
  }
}

export class ConsentStringColumn implements CellColumn {
  readonly field: string;
  readonly stringKind: StringKind;
  readonly values = new Uint32Vector();
  readonly classes = new StringClasses();
  #staging = new Uint32Array(0);
  readonly #known = new FingerprintTable();
  /** By number in the archive of the earlier version. */
  readonly #archived = new Map<number, number>();
  readonly #limits: StringLimits;
  #decoded: Promise<DecodedStrings> | undefined;

  constructor(field: string, kind: StringKind, limits: StringLimits = CONSENT_STRING_LIMITS) {
    this.field = field;
    this.stringKind = kind;
    this.#limits = limits;
  }

  stage(rows: number): void {
    if (this.#staging.length < rows) this.#staging = new Uint32Array(rows * 2);
  }

  readBatch({ batch, field, width, place, verdicts }: BatchCells): void {
    const { bytes, starts, ends, fingerprints } = batch;
    const view = viewOf(bytes);
    fingerprints?.reset();
    for (let row = 0; row < batch.rows; row++) {
      const at = batch.fieldOf(row, field, width);
      if (at < 0) continue;
      const start = starts[at] as number;
      const end = ends[at] as number;
      if (end - start > MAX_CELL_BYTES) verdicts.add(row, 'consent_invalid', place);
      else if (start === end) this.#staging[row] = 0;
      else if (fingerprints?.push(row, start, end) !== true) {
        this.#staging[row] = this.#numberOf(bytes, view, start, end);
      }
    }
    if (fingerprints !== undefined) this.#readPushed(fingerprints, bytes, view);
  }

  #readPushed(cells: CellFingerprints, bytes: Buffer, view: DataView): void {
    cells.take(bytes);
    this.#known.findAll(cells);
    const { rows, numbers, starts, ends, count } = cells;
    for (let n = 0; n < count; n++) {
      let number = numbers[n] as number;
      // One that came for the first time may have come again in this block.
      if (number === 0) number = this.#known.find(cells, n);
      if (number === 0) {
        number = this.#numberOf(bytes, view, starts[n] as number, ends[n] as number);
        this.#known.add(cells, n, number);
      }
      this.#staging[rows[n] as number] = number;
    }
  }

  read(bytes: Buffer, start: number, end: number, staged: number): RejectCode | undefined {
    if (end - start > MAX_CELL_BYTES) return 'consent_invalid';
    this.#staging[staged] = start === end ? 0 : this.#numberOf(bytes, viewOf(bytes), start, end);
    return undefined;
  }

  takeArchivedString(number: number, bytes: Buffer, start: number, end: number): void {
    this.#archived.set(number, this.#numberOf(bytes, viewOf(bytes), start, end));
  }

  readArchived(bytes: Buffer, start: number, end: number, staged: number): void {
    const number = Number(bytes.toString('latin1', start, end));
    this.#staging[staged] = number === 0 ? 0 : this.#numberOfArchived(number);
  }

  #numberOfArchived(number: number): number {
    const known = this.#archived.get(number);
    if (known === undefined) throw new Error('a row of the archive names a consent string that is not there');
    return known;
  }

  #numberOf(bytes: Buffer, view: DataView, start: number, end: number): number {
    const { strings } = this.classes;
    const known = strings.find(bytes, view, start, end);
    if (known > 0) return known;
    // The search for an address takes the square of a cell's length where there is no @ in it.
    const cell = bytes.subarray(start, end);
    if (cell.includes(AT_SIGN)) refuseCleartext(cell.toString('utf8'), 'other');
    if (!strings.hasRoom(end - start, this.#limits)) {
      const { maxStrings, maxBytes } = this.#limits;
      const most = `${maxStrings} distinct consent strings, or ${maxBytes / 2 ** 20} MiB of them`;
      throw new LoadFailure('consent_limit', { field: this.field, hint: `a column takes at most ${most}` });
    }
    return strings.add(~known, bytes, start, end);
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }

  /** Begins when it is first asked for, which is after the last row. */
  decoded(): Promise<DecodedStrings> {
    this.#decoded ??= DecodedStrings.of(this.classes.strings, this.stringKind);
    return this.#decoded;
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Rows of the place of a column, the number of a string in the archive, and its text. */
export function takeArchivedStrings({ bytes, starts, ends, rows }: RowBatch, columns: readonly CellColumn[]): void {
  const numberAt = (field: number) => Number(bytes.toString('latin1', starts[field], ends[field]));
  for (let field = 0; field < rows * 3; field += 3) {
    const column = columns[numberAt(field)];
    if (!(column instanceof ConsentStringColumn)) throw new Error('a consent string of a column that holds none');
    const text = field + 2;
    column.takeArchivedString(numberAt(field + 1), bytes, starts[text] as number, ends[text] as number);
  }
}
