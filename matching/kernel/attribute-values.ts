// Attributes of rows and of persons, and the rule by which several records of one person become one value each:
// boolean: any yes, else any no. number, date: the largest. category: the latest known, by event time, then file order.
import { STORE_BLOCK_ROWS } from '../limits.ts';
import type { AttributeCells } from './attribute-columns.ts';
import { UNKNOWN_BOOLEAN, UNKNOWN_CATEGORY, UNKNOWN_DATE } from './attribute-columns.ts';
import { type Blocks, wholeBlocks } from './chunked-column.ts';
import type { Items } from './column-memory.ts';
import { stringColumn } from './native-file.ts';

/** The typed values of one attribute, a row or a person each. */
export type AttributeValues =
  | { readonly kind: 'boolean'; readonly values: Blocks<Uint8Array> }
  | CategoryValues
  | { readonly kind: 'number'; readonly values: Blocks<Float64Array> }
  | { readonly kind: 'date'; readonly values: Blocks<Uint32Array> };

export interface CategoryValues {
  readonly kind: 'category';
  readonly values: Blocks<Uint32Array>;
  readonly labels: Labels;
}

/** The labels that kept rows have. */
export interface Labels {
  readonly count: number;
  /** A Native column of strings: NULL, the empty string, the labels. */
  readonly data: Uint8Array;
  /** Of each value its place in that column. */
  readonly places: Uint32Array;
}

export interface RowOrder {
  /** The person of each row. */
  readonly persons: Uint32Array;
  readonly personCount: number;
  /** Rows from the oldest to the latest, when that is not their own order. */
  readonly chronological: Uint32Array | undefined;
}

/** Values row by row, in the kernel's own memory. */
export function rowValues(column: AttributeCells): AttributeValues {
  if (column.kind === 'category') return labelled(column.values, column.dictionary);
  return column;
}

interface Dictionary {
  readonly size: number;
  bytes(id: number): Uint8Array;
}

/** A label that only rejected rows held is of nobody who is here: it is written nowhere. */
export function labelled(values: Blocks<Uint32Array>, dictionary: Dictionary): CategoryValues {
  const isKept = new Uint8Array(dictionary.size);
  for (const { items } of blocksOf(values)) markKept(items, isKept);
  const nothing = new Uint8Array(0);
  const labels: Uint8Array[] = [nothing, nothing];
  const places = new Uint32Array(dictionary.size);
  for (let id = 0; id < dictionary.size; id++) {
    if (isKept[id] === 0) continue;
    places[id] = labels.length;
    labels.push(dictionary.bytes(id));
  }
  return { kind: 'category', values, labels: { count: labels.length, data: stringColumn(labels), places } };
}

function markKept(ids: Uint32Array, isKept: Uint8Array): void {
  for (let n = 0; n < ids.length; n++) {
    const id = ids[n] as number;
    if (id !== UNKNOWN_CATEGORY) isKept[id] = 1;
  }
}

function* blocksOf<T extends Items>(values: Blocks<T>): Generator<{ readonly first: number; readonly items: T }> {
  for (let first = 0; first < values.length; first += STORE_BLOCK_ROWS) {
    yield { first, items: values.block(first, Math.min(values.length, first + STORE_BLOCK_ROWS)) };
  }
}

/** One value a person. */
export function personValues(rows: AttributeValues, order: RowOrder): AttributeValues {
  if (order.personCount === order.persons.length) return rows;
  switch (rows.kind) {
    case 'boolean':
      return { kind: 'boolean', values: wholeBlocks(anyYes(rows.values, order)) };
    case 'number':
      return { kind: 'number', values: wholeBlocks(largestNumber(rows.values, order)) };
    case 'date':
      return { kind: 'date', values: wholeBlocks(largestDate(rows.values, order)) };
    case 'category':
      return { ...rows, values: wholeBlocks(latestKnown(rows.values, order)) };
  }
}

function anyYes(values: Blocks<Uint8Array>, { persons, personCount }: RowOrder): Uint8Array {
  const merged = new Uint8Array(personCount).fill(UNKNOWN_BOOLEAN);
  for (const { first, items } of blocksOf(values)) {
    for (let n = 0; n < items.length; n++) {
      const value = items[n] as number;
      const person = persons[first + n] as number;
      if (value === 1 || (value === 0 && merged[person] === UNKNOWN_BOOLEAN)) merged[person] = value;
    }
  }
  return merged;
}

function largestNumber(values: Blocks<Float64Array>, { persons, personCount }: RowOrder): Float64Array {
  const merged = new Float64Array(personCount).fill(Number.NaN);
  for (const { first, items } of blocksOf(values)) {
    for (let n = 0; n < items.length; n++) {
      const value = items[n] as number;
      const person = persons[first + n] as number;
      const held = merged[person] as number;
      if (Number.isNaN(held) || value > held) merged[person] = value;
    }
  }
  return merged;
}

function largestDate(values: Blocks<Uint32Array>, { persons, personCount }: RowOrder): Uint32Array {
  const merged = new Uint32Array(personCount).fill(UNKNOWN_DATE);
  for (const { first, items } of blocksOf(values)) {
    for (let n = 0; n < items.length; n++) {
      const value = items[n] as number;
      const person = persons[first + n] as number;
      const held = merged[person] as number;
      if (value !== UNKNOWN_DATE && (held === UNKNOWN_DATE || value > held)) merged[person] = value;
    }
  }
  return merged;
}

function latestKnown(values: Blocks<Uint32Array>, order: RowOrder): Uint32Array {
  const { persons, personCount, chronological } = order;
  const merged = new Uint32Array(personCount).fill(UNKNOWN_CATEGORY);
  if (chronological !== undefined) {
    const all = new Uint32Array(values.length);
    for (const { first, items } of blocksOf(values)) all.set(items, first);
    for (let n = 0; n < all.length; n++) {
      const row = chronological[n] as number;
      if (all[row] !== UNKNOWN_CATEGORY) merged[persons[row] as number] = all[row] as number;
    }
    return merged;
  }
  for (const { first, items } of blocksOf(values)) {
    for (let n = 0; n < items.length; n++) {
      if (items[n] !== UNKNOWN_CATEGORY) merged[persons[first + n] as number] = items[n] as number;
    }
  }
  return merged;
}
