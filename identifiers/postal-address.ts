// The postal key: surname|postcode|house number, in a spelling that survives accents, case, spaces and "bis".
// A key with a blank part is no key: households would melt together.
import { ClearText } from './clear-text.ts';
import type { Normalised, Trace } from './identifier.ts';
import { MAX_POSTAL_PART_CHARACTERS } from './limits.ts';

export const POSTAL_PARTS = ['surname', 'postcode', 'house-number'] as const;
export type PostalPart = (typeof POSTAL_PARTS)[number];

const LETTERS_BEYOND_DECOMPOSITION: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** Reads the three parts from one text separated by `|`, in the order surname, postcode, house number. */
export function normalisePostalAddress(raw: string, trace?: Trace): Normalised {
  if (raw.trim() === '') return { ok: false, code: 'empty', hint: 'the value is empty' };
  const parts = raw.split('|');
  if (parts.length !== POSTAL_PARTS.length) {
    return { ok: false, code: 'malformed', hint: 'three parts separated by "|": surname, postcode, house number' };
  }
  const [surname = '', postcode = '', houseNumber = ''] = parts;
  return normalisePostalParts({ surname, postcode, 'house-number': houseNumber }, trace);
}

export function normalisePostalParts(parts: Readonly<Record<PostalPart, string>>, trace?: Trace): Normalised {
  const raw = POSTAL_PARTS.map((part) => parts[part]);
  if (raw.every((part) => part.trim() === '')) return { ok: false, code: 'empty', hint: 'every part is empty' };
  if (raw.some((part) => part.length > MAX_POSTAL_PART_CHARACTERS)) {
    return { ok: false, code: 'too_long', hint: `a part has at most ${MAX_POSTAL_PART_CHARACTERS} characters` };
  }
  const surname = plainLetters(parts.surname).replace(/[^\p{L}\p{N}]/gu, '');
  trace?.('surname: letters only, no accents, lower case', surname);
  const postcode = plainPostcode(parts.postcode);
  trace?.('postcode: letters and digits, ZIP+4 cut to five', postcode);
  const houseNumber = plainHouseNumber(parts['house-number']);
  trace?.('house number: first number with its letter', houseNumber);
  if (surname === '' || postcode === '' || houseNumber === '') {
    return { ok: false, code: 'part_missing', hint: 'surname, postcode and house number are all needed' };
  }
  const key = `${surname}|${postcode}|${houseNumber}`;
  trace?.('joined with "|"', key);
  return { ok: true, value: new ClearText(key) };
}

function plainLetters(text: string): string {
  let plain = text.normalize('NFKD').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  plain = plain.replace(/[ßæœøđðłþı]/g, (letter) => LETTERS_BEYOND_DECOMPOSITION[letter] ?? letter);
  return plain;
}

function plainPostcode(text: string): string {
  const compact = plainLetters(text).trim();
  const zip4 = /^(\d{5})-\d{4}$/.exec(compact);
  return zip4?.[1] ?? compact.replace(/[^\p{L}\p{N}]/gu, '');
}

/** "12", "12 bis", "12B", "n° 12-14" → 12, 12bis, 12b, 12: the first number, and a suffix of one to three letters. */
function plainHouseNumber(text: string): string {
  const found = /0*(\d+)[\s.,/-]*(bis|ter|quater|[a-z](?![a-z0-9]))?/.exec(plainLetters(text));
  return found ? `${found[1]}${found[2] ?? ''}` : '';
}
