// Turns one row of a file into one row of digests. A value in the clear leaves only through a declared, non-identifier column,
// and even there an e-mail address is stopped.

import { csvCell } from '../csv/cell.ts';
import { normaliseCustomerParts } from '../customer.ts';
import { type Normalised, normalise } from '../identifier.ts';
import { platformDigest } from '../platform-digest.ts';
import { normalisePostalParts } from '../postal-address.ts';
import { type Sha256Hex, saltedDigest } from '../salted-digest.ts';
import type { SealValue } from '../sealed-id.ts';
import { looksLikeEmail, looksLikePhone } from './clear-text-guard.ts';
import type { ColumnPlan } from './column-plan.ts';

/** Codes of a cell that was blanked, and of a row that was left out. */
export type RowRejectCode = 'no_identifier' | 'column_count' | 'quote_malformed' | 'cleartext_identifier';

/** `field` is the column's index, -1 for the row as a whole. */
export interface CellReject {
  readonly field: number;
  readonly code: string;
}

export interface RowHasherOptions {
  readonly columns: readonly ColumnPlan[];
  readonly salt: string;
  readonly sha256Hex: Sha256Hex;
  readonly defaultCountry?: string;
  readonly seal?: SealValue;
}

export type HashRow = (row: readonly string[], rejects: CellReject[]) => string | undefined;

/** The function that hashes rows of one file: it answers the CSV line without its end, or undefined when the row is left out. */
export function rowHasher(options: RowHasherOptions): HashRow {
  const { columns, salt, sha256Hex } = options;
  const country = options.defaultCountry === undefined ? {} : { defaultCountry: options.defaultCountry };
  return (row, rejects) => {
    if (row.length !== columns.length) return refuse(rejects, -1, 'column_count');
    let line = '';
    let isFirst = true;
    let identifiers = 0;
    for (let index = 0; index < columns.length; index++) {
      const plan = columns[index]!;
      if (plan.does === 'leave-out') continue;
      if (!isFirst) line += ',';
      isFirst = false;
      const value = row[index]!;
      if (plan.does === 'digest' || plan.does === 'composite') {
        const normalised = plan.does === 'digest' ? normalise(plan.type, value, country) : compose(plan, row);
        if (normalised.ok) {
          line += saltedDigest({ salt, type: plan.type, normalised: normalised.value.reveal() }, sha256Hex);
          identifiers += 1;
        } else if (normalised.code !== 'empty') rejects.push({ field: index, code: normalised.code });
      } else if (plan.does === 'seal') {
        line += seal(plan, value, index, rejects, options);
      } else if (plan.does === 'pass') {
        const clear = looksLikeEmail(value) || (plan.kind === 'category' && looksLikePhone(value));
        if (clear) return refuse(rejects, index, 'cleartext_identifier');
        line += csvCell(value);
      }
    }
    return identifiers === 0 ? refuse(rejects, -1, 'no_identifier') : line;
  };
}

/** The key that several columns make together. */
export function compose(plan: Extract<ColumnPlan, { does: 'composite' }>, row: readonly string[]): Normalised {
  const parts = plan.parts.map((index) => row[index]!);
  if (plan.type === 'customer') return normaliseCustomerParts(parts);
  const [surname = '', postcode = '', houseNumber = ''] = parts;
  return normalisePostalParts({ surname, postcode, 'house-number': houseNumber });
}

function seal(
  plan: Extract<ColumnPlan, { does: 'seal' }>,
  value: string,
  field: number,
  rejects: CellReject[],
  options: RowHasherOptions,
): string {
  const { defaultCountry, seal: sealValue } = options;
  const made = platformDigest(plan.profile, value, defaultCountry === undefined ? {} : { defaultCountry });
  if (made.ok) return sealValue!(plan.profileText, made.digest);
  if (made.code !== 'empty') rejects.push({ field, code: made.code });
  return '';
}

function refuse(rejects: CellReject[], field: number, code: RowRejectCode): undefined {
  rejects.push({ field, code });
  return undefined;
}
