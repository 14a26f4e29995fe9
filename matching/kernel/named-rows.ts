// The numbers that persons have in a version, and the places of its rows. A version that is written as a whole numbers its persons
// from 0; an increment keeps the numbers and places of what was there before.
import type { VersionState } from '../version-state.ts';
import type { CarriedRows } from './carried-rows.ts';
import type { OrderedRows } from './person-order.ts';

export interface NamedRows {
  /** The person of each row. */
  readonly rowPersons: Uint32Array;
  /** The numbers of persons `from` to `to` of the order. */
  readonly personNumbers: (from: number, to: number) => Uint32Array;
  /** The places of rows `from` to `to` from the oldest to the latest. */
  readonly positions: (from: number, to: number) => Uint32Array;
  readonly next: Pick<VersionState, 'nextPerson' | 'nextPosition'>;
}

export function nameOrdered({ order, positions }: OrderedRows): NamedRows {
  return {
    rowPersons: order.persons,
    personNumbers: numbersFrom,
    positions,
    next: { nextPerson: order.personCount, nextPosition: order.persons.length },
  };
}

function numbersFrom(from: number, to: number): Uint32Array {
  const numbers = new Uint32Array(to - from);
  for (let n = 0; n < numbers.length; n++) numbers[n] = from + n;
  return numbers;
}

export function nameRows(
  { order }: OrderedRows,
  { carried, newRows, state }: { carried: CarriedRows; newRows: number; state: VersionState },
): NamedRows {
  const { persons, personCount } = order;
  const { numbers, nextPerson } = carried.number({ persons, personCount, newRows, nextPerson: state.nextPerson });
  const places = new Uint32Array(persons.length);
  for (let row = 0; row < newRows; row++) places[row] = state.nextPosition + row;
  places.set(carried.positions.items.subarray(0, carried.positions.length), newRows);
  return {
    rowPersons: persons.map((person) => numbers[person] as number),
    personNumbers: (from, to) => numbers.subarray(from, to),
    positions: (from, to) => places.subarray(from, to),
    next: { nextPerson, nextPosition: state.nextPosition + newRows },
  };
}
