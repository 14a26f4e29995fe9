// A list of persons as an officer writes it down: a CSV file whose columns are called after types of identifiers. It is read,
// normalised and hashed here; only digests and record ids leave this machine.
import Papa from 'papaparse';
import { normaliseCustomerParts } from './customer.ts';
import { FileFault } from './file-fault.ts';
import { type IdentifierType, isIdentifierType, type Normalised, normalise } from './identifier.ts';
import { normalisePostalParts } from './postal-address.ts';
import { saltedDigest } from './salted-digest.ts';

/** An identifier in its one form, not hashed yet: under which salts is for the service to say. */
export interface NormalisedIdentifier {
  readonly type: IdentifierType;
  readonly value: string;
}

export interface PersonList {
  readonly identifiers: readonly NormalisedIdentifier[];
  readonly recordIds: readonly string[];
  readonly rows: number;
  /** Cells that are no identifier: row and column, never what stood there. */
  readonly faults: readonly { readonly row: number; readonly field: string; readonly code: string }[];
}

const POSTAL = ['surname', 'postcode', 'house-number'] as const;
const CUSTOMER_PART = 'customer:';
const RECORD_ID = 'record-id';

/** Throws header_invalid for a column that says nothing to the service. */
export function readPersonList(text: string, options: { readonly defaultCountry?: string }): PersonList {
  const { data } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' });
  const [header = [], ...rows] = data;
  const columns = header.map((name) => name.trim());
  checkColumns(columns);
  const identifiers: NormalisedIdentifier[] = [];
  const recordIds: string[] = [];
  const faults: PersonList['faults'][number][] = [];
  rows.forEach((cells, index) => {
    const row = new Map(columns.map((name, place) => [name, cells[place]?.trim() ?? '']));
    const id = row.get(RECORD_ID);
    if (id !== undefined && id !== '') recordIds.push(id);
    for (const { field, type, made } of identifiersOf(row, options)) {
      if (made.ok) identifiers.push({ type, value: made.value.reveal() });
      else if (made.code !== 'empty') faults.push({ row: index + 1, field, code: made.code });
    }
  });
  return { identifiers, recordIds, rows: rows.length, faults };
}

/** Each identifier under each salt, once. */
export function digestsOf(identifiers: readonly NormalisedIdentifier[], salts: readonly string[]): string[] {
  const digests = salts.flatMap((salt) =>
    identifiers.map(({ type, value }) => saltedDigest({ salt, type, normalised: value })),
  );
  return [...new Set<string>(digests)];
}

function checkColumns(columns: readonly string[]): void {
  const isKnown = (name: string) =>
    name === RECORD_ID || isSingle(name) || name.startsWith(CUSTOMER_PART) || POSTAL.some((part) => part === name);
  const unknown = columns.findIndex((name) => !isKnown(name));
  if (columns.length > 0 && unknown < 0 && new Set(columns).size === columns.length) return;
  const which = unknown < 0 ? 'the header is empty or names a column twice' : `column ${unknown + 1} has another name`;
  throw new FileFault('header_invalid', `the first line names what each column holds, and ${which}`, {
    hint: `email, phone, mobile-advertising-id, cookie-id, customer, customer:<part>, ${POSTAL.join(', ')}, ${RECORD_ID}`,
  });
}

function isSingle(name: string): name is IdentifierType {
  return isIdentifierType(name) && name !== 'postal-address';
}

interface Made {
  readonly field: string;
  readonly type: IdentifierType;
  readonly made: Normalised;
}

function identifiersOf(row: ReadonlyMap<string, string>, options: { readonly defaultCountry?: string }): Made[] {
  const single = [...row].flatMap(([field, value]): Made[] =>
    isSingle(field) ? [{ field, type: field, made: normalise(field, value, options) }] : [],
  );
  // As a file is hashed: the order of the part names makes the keys of two files agree.
  const parts = [...row].filter(([field]) => field.startsWith(CUSTOMER_PART)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (parts.length > 0) {
    const made = normaliseCustomerParts(parts.map(([, value]) => value));
    single.push({ field: CUSTOMER_PART, type: 'customer', made });
  }
  if (!POSTAL.some((part) => row.has(part))) return single;
  const [surname = '', postcode = '', houseNumber = ''] = POSTAL.map((part) => row.get(part));
  const made = normalisePostalParts({ surname, postcode, 'house-number': houseNumber });
  return [...single, { field: POSTAL[0], type: 'postal-address', made }];
}
