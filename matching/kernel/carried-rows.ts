// Rows of an earlier version that come along into an increment, and the numbers that persons keep across versions: whoever has a
// row from before keeps the number of the oldest one, everybody else gets the next free one.
import { PersonSet } from './key-file.ts';
import type { RowBatch } from './rows.ts';
import { Uint32Vector } from './vector.ts';

const ZERO = 48;
const NONE = 0xffffffff;

export class CarriedRows {
  readonly persons = new Uint32Vector();
  readonly positions = new Uint32Vector();
  /** All rows that were taken out of the earlier version, kept or not. */
  received = 0;
  /** Rows of the new file that replace one of an earlier person. */
  readonly #replacing = new Uint32Vector();
  readonly #replaced = new Uint32Vector();

  /** Person and position stand behind the cells of each row. */
  keep(batch: RowBatch, staged: Uint32Array, count: number): void {
    this.received += batch.rows;
    for (let n = 0; n < count; n++) {
      const row = staged[n] as number;
      this.persons.push(behind(batch, row, 2));
      this.positions.push(behind(batch, row, 1));
    }
  }

  replace(batch: RowBatch, staged: number, byRow: number): void {
    this.#replacing.push(byRow);
    this.#replaced.push(behind(batch, staged, 2));
  }

  /** Of each person of the increment the number; `persons` names the person of each row, those of the new file first. */
  number(of: { persons: Uint32Array; personCount: number; newRows: number; nextPerson: number }): {
    numbers: Uint32Array;
    nextPerson: number;
  } {
    const numbers = new Uint32Array(of.personCount).fill(NONE);
    const taken = new PersonSet();
    const claim = (person: number, earlier: number) => {
      if (numbers[person] === NONE && taken.add(earlier)) numbers[person] = earlier;
    };
    for (let n = 0; n < this.persons.length; n++) {
      claim(of.persons[of.newRows + n] as number, this.persons.items[n] as number);
    }
    for (let n = 0; n < this.#replacing.length; n++) {
      claim(of.persons[this.#replacing.items[n] as number] as number, this.#replaced.items[n] as number);
    }
    let { nextPerson } = of;
    for (let person = 0; person < numbers.length; person++) {
      if (numbers[person] === NONE) numbers[person] = nextPerson++;
    }
    return { numbers, nextPerson };
  }
}

/** The decimal number in a field counted from the end of the row. */
function behind(batch: RowBatch, row: number, fromEnd: number): number {
  const field = (batch.rowFields[row + 1] as number) - fromEnd;
  let value = 0;
  for (let at = batch.starts[field] as number; at < (batch.ends[field] as number); at++) {
    value = value * 10 + (batch.bytes[at] as number) - ZERO;
  }
  return value;
}
