// Persons of the rows taken in, and which row is later than which: earlier versions before the new file, then by event
// time where the schema has one.
import type { RowOrder } from './attribute-values.ts';
import type { RowIntake } from './row-intake.ts';

export interface OrderedRows {
  readonly order: RowOrder;
  /** The places of rows `from` to `to` from the oldest to the latest. */
  readonly positions: (from: number, to: number) => Uint32Array;
}

/** `newRows` rows of the new file come first in the kernel, those of the earlier version after them. */
export function orderRows(intake: RowIntake, newRows: number): OrderedRows {
  const persons = intake.persons.number();
  const rows = persons.length;
  const kept = rows - newRows;
  const position = (row: number) => (row < newRows ? row + kept : row - newRows);
  const positions = (from: number, to: number) => {
    const places = new Uint32Array(to - from);
    for (let n = 0; n < places.length; n++) places[n] = position(from + n);
    return places;
  };
  const order = { persons, personCount: intake.persons.persons, chronological: undefined };
  if (order.personCount === rows || (kept === 0 && intake.columns.eventTime === undefined)) return { order, positions };
  const chronological = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) chronological[position(row)] = row;
  const instants = intake.columns.eventTime?.values.items;
  if (instants !== undefined) {
    chronological.sort((a, b) => (instants[a] as number) - (instants[b] as number) || position(a) - position(b));
  }
  return { order: { ...order, chronological }, positions };
}
