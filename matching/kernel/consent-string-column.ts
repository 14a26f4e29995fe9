// Consent of a row as a string of a consent platform (TCF, GPP, US Privacy), numbered by its distinct text. What a string says is read
// once for each distinct one, after the last row; whether it lets a person go is asked at the release.
import type { StringKind } from '../consent-strings/decode.ts';
import { MAX_CONSENT_STRINGS } from '../limits.ts';
import { LoadFailure, type RejectCode } from '../load-request.ts';
import { type BatchCells, type CellColumn, refuseCleartext } from './cell.ts';
import type { KeptRows } from './kept-rows.ts';
import { StringDictionary } from './string-dictionary.ts';
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

  text(id: number): string {
    return this.strings.bytes(id).toString('utf8');
  }

  stringsOf(id: number): readonly number[] {
    return this.#sets.get(id) ?? (id === 0 ? [] : [id]);
  }

  /** What both say: all the strings of both, and nothing where one is silent. Only called after the last row. */
  intersection(a: number, b: number): number {
    if (a === b) return a;
    if (a === 0 || b === 0) return 0;
    const united = [...new Set([...this.stringsOf(a), ...this.stringsOf(b)])].sort((one, other) => one - other);
    if (united.length === 1) return united[0] as number;
    const key = united.join(' ');
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
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

  constructor(field: string, kind: StringKind) {
    this.field = field;
    this.stringKind = kind;
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
      this.#staging[staged] = 0;
      return undefined;
    }
    if (end - start > MAX_CELL_BYTES) return 'consent_invalid';
    const { strings } = this.classes;
    const known = strings.size;
    this.#staging[staged] = strings.numberOf(bytes, start, end);
    if (strings.size === known) return undefined;
    // The search for an address takes the square of a cell's length where there is no @ in it.
    const cell = bytes.subarray(start, end);
    if (cell.includes(AT_SIGN)) refuseCleartext(cell.toString('utf8'), 'other');
    if (strings.size > MAX_CONSENT_STRINGS) {
      throw new LoadFailure('consent_limit', { hint: `more than ${MAX_CONSENT_STRINGS} distinct consent strings` });
    }
    return undefined;
  }

  keep(kept: KeptRows): void {
    this.values.keep(this.#staging, kept);
  }
}
