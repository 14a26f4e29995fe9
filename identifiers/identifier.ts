// Identifier types and the one way from a raw cell to the normalised value that is digested. An empty value is never normalised.
import type { ClearText } from './clear-text.ts';
import { normaliseCookieId } from './cookie-id.ts';
import { normaliseCustomer } from './customer.ts';
import { normaliseEmail } from './email.ts';
import { normaliseMobileAdvertisingId } from './mobile-advertising-id.ts';
import { normalisePhone } from './phone.ts';
import { normalisePostalAddress } from './postal-address.ts';

export const IDENTIFIER_TYPES = [
  'email',
  'phone',
  'postal-address',
  'mobile-advertising-id',
  'cookie-id',
  'customer',
] as const;
export type IdentifierType = (typeof IDENTIFIER_TYPES)[number];

export const ACTIVATION_ID_TYPES = [
  'xandr-user-id',
  'mobile-advertising-id',
  'uid2',
  'ppid',
  'customer',
  'platform-digest',
] as const;
export type ActivationIdType = (typeof ACTIVATION_ID_TYPES)[number];

/** Why a raw value is no identifier. `empty` is no fault of the row: a person may lack an identifier. */
export type NormaliseCode =
  | 'empty'
  | 'malformed'
  | 'too_long'
  | 'placeholder'
  | 'impossible'
  | 'country_missing'
  | 'part_missing';

export type Normalised = { ok: true; value: ClearText } | { ok: false; code: NormaliseCode; hint: string };

/** Told of each step from raw to normalised; the value is in the clear, so only its owner may be shown it. */
export type Trace = (step: string, value: string) => void;

export interface NormaliseOptions {
  /** ISO 3166-1 alpha-2; the country of telephone numbers written without a calling code. */
  readonly defaultCountry?: string;
  readonly trace?: Trace;
}

/** Never throws; a value that cannot be normalised comes back with a code and a hint that do not contain it. */
export function normalise(type: IdentifierType, raw: string, options: NormaliseOptions): Normalised {
  switch (type) {
    case 'email':
      return normaliseEmail(raw, options.trace);
    case 'phone':
      return normalisePhone(raw, options);
    case 'postal-address':
      return normalisePostalAddress(raw, options.trace);
    case 'mobile-advertising-id':
      return normaliseMobileAdvertisingId(raw, options.trace);
    case 'cookie-id':
      return normaliseCookieId(raw, options.trace);
    case 'customer':
      return normaliseCustomer(raw, options.trace);
  }
}

export function isIdentifierType(value: unknown): value is IdentifierType {
  return typeof value === 'string' && (IDENTIFIER_TYPES as readonly string[]).includes(value);
}
