// What is wrong with the rows of a batch: of each row the first refused column in the order of the file, or nothing.
import { REJECT_CODES, type RejectCode } from '../load-request.ts';

const WHOLE_ROW = -1;

export class Verdicts {
  /** The place of the code among the reject codes, plus one; 0 for a row without fault. */
  codes = new Uint8Array(1 << 14);
  #fields = new Int32Array(1 << 14);
  /** Whether no row has a fault. */
  areEmpty = true;

  reset(rows: number): void {
    this.areEmpty = true;
    if (rows > this.codes.length) {
      this.codes = new Uint8Array(rows * 2);
      this.#fields = new Int32Array(rows * 2);
    } else this.codes.fill(0, 0, rows);
  }

  /** `field` is the place of the column in the schema. The first verdict on a row stands. */
  add(row: number, code: RejectCode, field: number = WHOLE_ROW): void {
    if (this.codes[row] !== 0) return;
    this.areEmpty = false;
    this.codes[row] = REJECT_CODES.indexOf(code) + 1;
    this.#fields[row] = field;
  }

  codeOf(row: number): RejectCode {
    return REJECT_CODES[(this.codes[row] as number) - 1] as RejectCode;
  }

  fieldOf(row: number): number {
    return this.#fields[row] as number;
  }
}
