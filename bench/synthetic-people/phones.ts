// Telephone lines of six countries and the ways they are written into a French form. A line is one id however it is written.
import type { Country } from './names.ts';
import type { Chance } from './random.ts';

export interface PhoneLine {
  readonly id: number;
  readonly country: Country;
  /** The national significant number, without trunk prefix. */
  readonly national: string;
}

interface NumberingPlan {
  code: string;
  /** Dialled before the national number at home; written in parentheses abroad. */
  trunk: string;
  mobile: readonly (readonly [prefix: string, digits: number])[];
  landline: readonly (readonly [prefix: string, digits: number])[];
  /** Digits in each group as people of that country write a mobile number. */
  groups: readonly number[];
  separators: readonly string[];
}

const PLANS: Record<Country, NumberingPlan> = {
  FR: {
    code: '33',
    trunk: '0',
    mobile: [
      ['61', 7],
      ['62', 7],
      ['66', 7],
      ['67', 7],
      ['76', 7],
      ['78', 7],
    ],
    landline: [
      ['142', 6],
      ['240', 6],
      ['298', 6],
      ['472', 6],
      ['561', 6],
    ],
    groups: [1, 2, 2, 2, 2],
    separators: [' ', '.', '-', ''],
  },
  GB: {
    code: '44',
    trunk: '0',
    mobile: [
      ['71', 8],
      ['72', 8],
      ['73', 8],
    ],
    landline: [
      ['2079', 6],
      ['1619', 6],
    ],
    groups: [4, 6],
    separators: [' ', ''],
  },
  DE: {
    code: '49',
    trunk: '0',
    mobile: [
      ['151', 8],
      ['160', 7],
      ['170', 7],
    ],
    landline: [
      ['30', 8],
      ['8912', 6],
    ],
    groups: [3, 8],
    separators: [' ', '/', '-'],
  },
  US: {
    code: '1',
    trunk: '',
    mobile: [
      ['2122', 6],
      ['4152', 6],
      ['6173', 6],
      ['3034', 6],
    ],
    landline: [
      ['2065', 6],
      ['3126', 6],
    ],
    groups: [3, 3, 4],
    separators: ['-', ' ', '.'],
  },
  ES: {
    code: '34',
    trunk: '',
    mobile: [
      ['61', 7],
      ['65', 7],
      ['69', 7],
    ],
    landline: [
      ['91', 7],
      ['93', 7],
    ],
    groups: [3, 3, 3],
    separators: [' ', ''],
  },
  IT: {
    code: '39',
    trunk: '',
    mobile: [
      ['333', 7],
      ['347', 7],
      ['328', 7],
    ],
    landline: [
      ['0669', 6],
      ['0272', 6],
    ],
    groups: [3, 3, 4],
    separators: [' ', ''],
  },
};

export interface PhoneMaker {
  mobile(country: Country): PhoneLine;
  landline(country: Country): PhoneLine;
  readonly count: number;
}

export function phoneMaker(chance: Chance): PhoneMaker {
  const taken = new Set<string>();
  const make = (country: Country, ranges: readonly (readonly [string, number])[]): PhoneLine => {
    const [prefix, digits] = chance.pick(ranges);
    let national = '';
    do national = prefix + chance.digits(digits);
    while (taken.has(`${country}${national}`));
    taken.add(`${country}${national}`);
    return { id: taken.size - 1, country, national };
  };
  return {
    mobile: (country) => make(country, PLANS[country].mobile),
    landline: (country) => make(country, PLANS[country].landline),
    get count() {
      return taken.size;
    },
  };
}

/** One of the spellings of a line in a file whose default country is France: other countries need their code. */
export function spellPhone(chance: Chance, { country, national }: PhoneLine): string {
  const { code, trunk, groups, separators } = PLANS[country];
  const separator = chance.pick(separators);
  const written = grouped(national, groups, separator);
  const atHome = trunk + written;
  const abroad = [`+${code} ${written}`, `+${code}${national}`, `00${code}${national}`, `00 ${code} ${written}`];
  if (trunk !== '') abroad.push(`+${code} (${trunk})${written}`);
  if (country === 'US') abroad.push(`+1 (${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6)}`);
  return country === 'FR' && chance.happens(0.78) ? atHome : chance.pick(abroad);
}

/** What stands in a telephone field when there is no telephone. */
export const UNUSABLE_PHONES = [
  '0000000000',
  '00 00 00 00 00',
  '9999999999',
  '1111111111',
  '06 12',
  'inconnu',
  '-',
] as const;

function grouped(digits: string, groups: readonly number[], separator: string): string {
  const parts: string[] = [];
  let at = 0;
  for (const length of groups) {
    if (at < digits.length) parts.push(digits.slice(at, at + length));
    at += length;
  }
  if (at < digits.length) parts.push(digits.slice(at));
  return parts.join(separator);
}
