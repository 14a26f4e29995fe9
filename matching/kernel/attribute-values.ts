// Attributes as the engine takes them, and the rule by which several records of one person become one value each:
// boolean: any yes, else any no. number, date: the largest. category: the latest known, by event time, then file order.
import type { AttributeCells } from './attribute-columns.ts';
import { DATE_SHIFT_DAYS, UNKNOWN_BOOLEAN, UNKNOWN_CATEGORY, UNKNOWN_DATE } from './attribute-columns.ts';
import { bytesOf, stringColumn } from './native-file.ts';

/** The typed values of one attribute, a row or a person each. */
export type AttributeValues =
  | { readonly kind: 'boolean'; readonly values: Uint8Array }
  | { readonly kind: 'category'; readonly values: Uint32Array; readonly labels: Labels }
  | { readonly kind: 'number'; readonly values: Float64Array }
  | { readonly kind: 'date'; readonly values: Uint32Array };

export interface Labels {
  readonly count: number;
  /** A Native column of strings. */
  readonly data: Uint8Array;
}

export interface RowOrder {
  /** The person of each row. */
  readonly persons: Uint32Array;
  readonly personCount: number;
  /** Rows from the oldest to the latest, when that is not their own order. */
  readonly chronological: Uint32Array | undefined;
}

/** Values row by row, in the kernel's own arrays. */
export function rowValues(column: AttributeCells): AttributeValues {
  const length = column.values.length;
  if (column.kind === 'boolean') return { kind: 'boolean', values: column.values.items.subarray(0, length) };
  if (column.kind === 'number') return { kind: 'number', values: column.values.items.subarray(0, length) };
  if (column.kind === 'date') return { kind: 'date', values: column.values.items.subarray(0, length) };
  return labelled(column.values.items.subarray(0, length), column.dictionary);
}

interface Dictionary {
  readonly size: number;
  bytes(id: number): Uint8Array;
}

/** A label that only rejected rows held is of nobody who is here: it is written nowhere. */
export function labelled(values: Uint32Array, dictionary: Dictionary): AttributeValues {
  const isKept = new Uint8Array(dictionary.size);
  for (const id of values) if (id !== UNKNOWN_CATEGORY) isKept[id] = 1;
  const labels: Uint8Array[] = [];
  const numbers = new Uint32Array(dictionary.size);
  for (let id = 0; id < dictionary.size; id++) {
    if (isKept[id] === 0) continue;
    numbers[id] = labels.length;
    labels.push(dictionary.bytes(id));
  }
  const isWhole = labels.length === dictionary.size;
  const nothing = new Uint8Array(0);
  return {
    kind: 'category',
    values: isWhole ? values : values.map((id) => (id === UNKNOWN_CATEGORY ? id : (numbers[id] as number))),
    labels: { count: labels.length + 2, data: stringColumn([nothing, nothing, ...labels]) },
  };
}

/** One value a person. */
export function personValues(rows: AttributeValues, order: RowOrder): AttributeValues {
  if (order.personCount === order.persons.length) return rows;
  switch (rows.kind) {
    case 'boolean':
      return { kind: 'boolean', values: anyYes(rows.values, order) };
    case 'number':
      return { kind: 'number', values: largestNumber(rows.values, order) };
    case 'date':
      return { kind: 'date', values: largestDate(rows.values, order) };
    case 'category':
      return { ...rows, values: latestKnown(rows.values, order) };
  }
}

function anyYes(values: Uint8Array, { persons, personCount }: RowOrder): Uint8Array {
  const merged = new Uint8Array(personCount).fill(UNKNOWN_BOOLEAN);
  for (let row = 0; row < persons.length; row++) {
    const value = values[row] as number;
    const person = persons[row] as number;
    if (value === 1 || (value === 0 && merged[person] === UNKNOWN_BOOLEAN)) merged[person] = value;
  }
  return merged;
}

function largestNumber(values: Float64Array, { persons, personCount }: RowOrder): Float64Array {
  const merged = new Float64Array(personCount).fill(Number.NaN);
  for (let row = 0; row < persons.length; row++) {
    const value = values[row] as number;
    const held = merged[persons[row] as number] as number;
    if (Number.isNaN(held) || value > held) merged[persons[row] as number] = value;
  }
  return merged;
}

function largestDate(values: Uint32Array, { persons, personCount }: RowOrder): Uint32Array {
  const merged = new Uint32Array(personCount).fill(UNKNOWN_DATE);
  for (let row = 0; row < persons.length; row++) {
    const value = values[row] as number;
    const held = merged[persons[row] as number] as number;
    if (value !== UNKNOWN_DATE && (held === UNKNOWN_DATE || value > held)) merged[persons[row] as number] = value;
  }
  return merged;
}

function latestKnown(values: Uint32Array, { persons, personCount, chronological }: RowOrder): Uint32Array {
  const merged = new Uint32Array(personCount).fill(UNKNOWN_CATEGORY);
  for (let n = 0; n < persons.length; n++) {
    const row = chronological === undefined ? n : (chronological[n] as number);
    if (values[row] !== UNKNOWN_CATEGORY) merged[persons[row] as number] = values[row] as number;
  }
  return merged;
}

/** The data of rows `from` to `to` as a Native column of the attribute's type. */
export function nativeData(attribute: AttributeValues, from: number, to: number): Uint8Array[] {
  if (attribute.kind === 'category') return lowCardinality(attribute, from, to);
  if (attribute.kind === 'boolean') {
    const values = attribute.values.slice(from, to);
    return [unknownBooleans(values), values];
  }
  if (attribute.kind === 'number') {
    const values = attribute.values.slice(from, to);
    return [unknownNumbers(values), bytesOf(values)];
  }
  const days = new Int32Array(to - from);
  const unknown = new Uint8Array(to - from);
  for (let n = 0; n < days.length; n++) {
    const value = attribute.values[from + n] as number;
    if (value === UNKNOWN_DATE) unknown[n] = 1;
    else days[n] = value - DATE_SHIFT_DAYS;
  }
  return [unknown, bytesOf(days)];
}

/** The null map, and a zero in place of each unknown value. */
function unknownBooleans(values: Uint8Array): Uint8Array {
  const unknown = new Uint8Array(values.length);
  for (let n = 0; n < values.length; n++) {
    if (values[n] !== UNKNOWN_BOOLEAN) continue;
    unknown[n] = 1;
    values[n] = 0;
  }
  return unknown;
}

/** The same for numbers. */
function unknownNumbers(values: Float64Array): Uint8Array {
  const unknown = new Uint8Array(values.length);
  for (let n = 0; n < values.length; n++) {
    if (!Number.isNaN(values[n] as number)) continue;
    unknown[n] = 1;
    values[n] = 0;
  }
  return unknown;
}

// LowCardinality(Nullable(String)) in Native: version, index type (UInt32) with the flags of a dictionary of its own,
// the dictionary (NULL and the empty string first), then one index a row.
function lowCardinality(
  attribute: Extract<AttributeValues, { kind: 'category' }>,
  from: number,
  to: number,
): Uint8Array[] {
  const indexes = new Uint32Array(to - from);
  for (let n = 0; n < indexes.length; n++) {
    const value = attribute.values[from + n] as number;
    indexes[n] = value === UNKNOWN_CATEGORY ? 0 : value + 2;
  }
  const { count, data } = attribute.labels;
  return [words(1, 0x602, count), data, words(to - from), bytesOf(indexes)];
}

function words(...values: readonly number[]): Uint8Array {
  return bytesOf(new Uint32Array(values.flatMap((value) => [value, 0])));
}
