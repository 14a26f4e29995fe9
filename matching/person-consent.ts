// The consent class of each person of a version: what its columns of consent say, together. Where they hold strings, what each class says
// is decoded here, once, and written beside the version.
import type { DecodedString } from './consent-strings/decode.ts';
import type { RowOrder } from './kernel/attribute-values.ts';
import { ConsentColumn } from './kernel/consent-column.ts';
import { ConsentStringColumn } from './kernel/consent-string-column.ts';
import { bytesOf, NativeFile, stringColumn } from './kernel/native-file.ts';
import type { LoadedConsentClass } from './load-request.ts';

export type AnyConsentColumn = ConsentColumn | ConsentStringColumn;

/** One source of what is on record of a class. */
export type StoredConsent =
  | { readonly kind: 'purposes'; readonly grants: LoadedConsentClass['grants'] }
  | DecodedString;

export interface PersonConsent {
  readonly classes: Uint32Array;
  /** By class, the class of each column; absent where one column decides alone. */
  readonly parts: readonly (readonly number[])[] | undefined;
}

const NO_CLASS = 0xffffffff;

/** Of several records of a person, what all of them agree on; without a column nobody agreed to anything. */
export function personConsent(columns: readonly AnyConsentColumn[], order: RowOrder): PersonConsent {
  const [first, ...others] = columns.map((column) => mergedClasses(column, order));
  if (first === undefined) return { classes: new Uint32Array(order.personCount), parts: undefined };
  if (others.length === 0) return { classes: first, parts: undefined };
  const numbers = new Map<string, number>([[columns.map(() => 0).join(' '), 0]]);
  const parts: (readonly number[])[] = [columns.map(() => 0)];
  const classes = new Uint32Array(order.personCount);
  for (let person = 0; person < classes.length; person++) {
    const tuple = [first, ...others].map((of) => of[person] as number);
    const key = tuple.join(' ');
    const number = numbers.get(key) ?? parts.length;
    if (number === parts.length) {
      numbers.set(key, number);
      parts.push(tuple);
    }
    classes[person] = number;
  }
  return { classes, parts };
}

function mergedClasses(column: AnyConsentColumn, { persons, personCount }: RowOrder): Uint32Array {
  const { values, classes } = column;
  if (personCount === persons.length) return values.items.subarray(0, values.length);
  const merged = new Uint32Array(personCount).fill(NO_CLASS);
  for (let row = 0; row < persons.length; row++) {
    const person = persons[row] as number;
    const held = merged[person] as number;
    const own = values.items[row] as number;
    merged[person] = held === NO_CLASS ? own : classes.intersection(held, own);
  }
  return merged;
}

/** Of which each may have as many strings as a person. */
const BLOCK_CLASSES = 2_048;
const OPENING = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSING = Buffer.from(']');

/** Begins to decode the strings of all columns, beside what comes before they are written. */
export function startDecoding(columns: readonly AnyConsentColumn[]): void {
  for (const column of columns) {
    // Whoever asks for them is told; until then a failure must not end the process.
    if (column instanceof ConsentStringColumn) column.decoded().catch(() => undefined);
  }
}

/** `<dsv>_consents`, one row for each class that somebody has: its sources as JSON. Each distinct string is decoded once. */
export async function writeConsentsFile(
  path: string,
  columns: readonly AnyConsentColumn[],
  consent: PersonConsent,
): Promise<number> {
  const readers = await Promise.all(columns.map(sourcesReader));
  const held = heldClasses(consent, consent.parts?.length ?? countOf(columns[0]));
  const file = await NativeFile.create(path);
  for (let from = 0; from < held.length; from += BLOCK_CLASSES) {
    const ids = held.slice(from, from + BLOCK_CLASSES);
    const said = Array.from(ids, (id) => {
      const parts = consent.parts?.[id] ?? [id];
      return listOf(parts.flatMap((part, n) => readers[n]?.(part) ?? []));
    });
    await file.write(ids.length, [
      { name: 'consent_class', type: 'UInt32', data: [bytesOf(ids)] },
      { name: 'said', type: 'String', data: [stringColumn(said)] },
    ]);
  }
  await file.close();
  return file.rows;
}

/** Ascending. A class that only rejected rows had is of nobody who is here: it is written nowhere. */
function heldClasses({ classes }: PersonConsent, count: number): Uint32Array {
  const isHeld = new Uint8Array(count);
  for (const id of classes) isHeld[id] = 1;
  return Uint32Array.from({ length: count }, (_, id) => id).filter((id) => isHeld[id] === 1);
}

function countOf(column: AnyConsentColumn | undefined): number {
  if (column === undefined) return 0;
  return column instanceof ConsentColumn ? column.classes.list('purposes-column').length : column.classes.count;
}

function listOf(sources: readonly Uint8Array[]): Uint8Array {
  const items = sources.flatMap((source, n) => (n === 0 ? [source] : [COMMA, source]));
  return Buffer.concat([OPENING, ...items, CLOSING]);
}

/** From a class of one column to its sources, each as JSON text. */
async function sourcesReader(column: AnyConsentColumn): Promise<(part: number) => readonly Uint8Array[]> {
  if (column instanceof ConsentColumn) {
    const classes = column.classes.list('purposes-column');
    return (part) => {
      const grants = classes[part]?.grants ?? [];
      if (grants.length === 0) return [];
      return [Buffer.from(JSON.stringify({ kind: 'purposes', grants } satisfies StoredConsent))];
    };
  }
  const { classes } = column;
  const decoded = await column.decoded();
  return (part) => classes.stringsOf(part).map((string) => decoded.json(string));
}
