// Telephone numbers in E.164. Common spellings take a short way that must agree with libphonenumber (phone.test.ts);
// everything else is read by libphonenumber itself. Impossible lengths and one repeated digit are no identifiers.
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { ClearText } from './clear-text.ts';
import type { Normalised, NormaliseOptions } from './identifier.ts';
import { MAX_PHONE_CHARACTERS } from './limits.ts';
import { shortWay } from './phone-short-way.ts';

const REPEATED_DIGIT = /^(\d)\1*$/;

export function normalisePhone(raw: string, options: NormaliseOptions): Normalised {
  const { defaultCountry, trace } = options;
  const trimmed = raw.trim();
  trace?.('trimmed', trimmed);
  if (trimmed === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  if (trimmed.length > MAX_PHONE_CHARACTERS) {
    return { ok: false, code: 'too_long', hint: `a telephone number has at most ${MAX_PHONE_CHARACTERS} characters` };
  }
  const short = shortWay(trimmed, defaultCountry);
  if (short === undefined) return parse(trimmed, options);
  trace?.('E.164', short);
  return { ok: true, value: new ClearText(short) };
}

/** The long way: libphonenumber, "possible" rather than "valid", since ranges are opened before any library learns of them. */
export function parse(trimmed: string, { defaultCountry, trace }: NormaliseOptions): Normalised {
  const country = defaultCountry?.toUpperCase();
  const known = country !== undefined && isSupportedCountry(country);
  const number = parsePhoneNumberFromString(
    trimmed,
    known ? { defaultCountry: country, extract: false } : { extract: false },
  );
  if (number === undefined) {
    if (!known && /^[\d\s().-]{6,}$/.test(trimmed)) {
      return { ok: false, code: 'country_missing', hint: 'no calling code: declare defaultCountry in the schema' };
    }
    return { ok: false, code: 'malformed', hint: 'not a telephone number' };
  }
  trace?.('E.164', number.number);
  if (REPEATED_DIGIT.test(number.nationalNumber)) {
    return { ok: false, code: 'placeholder', hint: 'one repeated digit stands for a missing number' };
  }
  // Judged as it will be compared: some numbers are possible only inside their country, without its calling code.
  const compared = parsePhoneNumberFromString(number.number, { extract: false });
  if (!number.isPossible() || !compared?.isPossible() || compared.number !== number.number) {
    return { ok: false, code: 'impossible', hint: 'the number of digits is impossible in that country' };
  }
  return { ok: true, value: new ClearText(number.number) };
}
