// Reads real-shaped numbers twice, by the short way over bytes and by libphonenumber alone, and counts where they differ.
import { parse } from '../identifiers/phone.ts';
import { phoneWriter } from '../identifiers/phone-bytes.ts';
import { phoneMaker, spellPhone, UNUSABLE_PHONES } from './synthetic-people/phones.ts';
import { seededChance } from './synthetic-people/random.ts';

export interface PhonesBenchResult {
  readonly numbers: number;
  /** Read by the short way; the others are left to libphonenumber. */
  readonly shortWay: number;
  readonly shortWayPerSecond: number;
  readonly libphonenumberPerSecond: number;
}

const COUNTRIES = [
  ['FR', 80],
  ['IT', 5],
  ['DE', 5],
  ['GB', 5],
  ['US', 3],
  ['ES', 2],
] as const;
const HOME = 'FR';

/** Throws at the first number that is read differently: a short way that is not equal is no way. */
export async function benchPhones({ rows }: { rows: number }): Promise<PhonesBenchResult> {
  const numbers = realShaped(rows);
  const bytes = numbers.map((number) => Buffer.from(number));
  const write = phoneWriter(HOME);
  const out = Buffer.alloc(64);
  const started = performance.now();
  const read = bytes.map((number) => {
    const length = write(number, 0, number.length, out, 0);
    return length < 0 ? undefined : out.toString('latin1', 0, length);
  });
  const between = performance.now();
  const wanted = numbers.map((number) => {
    const long = parse(number, { defaultCountry: HOME });
    return long.ok ? long.value.reveal() : undefined;
  });
  const ended = performance.now();
  const different = read.findIndex((number, n) => number !== undefined && number !== wanted[n]);
  if (different >= 0) throw new Error(`number ${different} is read differently by libphonenumber`);
  const perSecond = (ms: number) => Math.round((rows / ms) * 1_000);
  return {
    numbers: rows,
    shortWay: read.filter((number) => number !== undefined).length,
    shortWayPerSecond: perSecond(between - started),
    libphonenumberPerSecond: perSecond(ended - between),
  };
}

/** Mobile and fixed lines of several countries as people write them, and one in a hundred that is no number at all. */
function realShaped(count: number): string[] {
  const chance = seededChance(7);
  const maker = phoneMaker(chance);
  return Array.from({ length: count }, () => {
    if (chance.happens(0.01)) return chance.pick(UNUSABLE_PHONES);
    const country = chance.weighted(COUNTRIES);
    const line = country === HOME && chance.happens(0.2) ? maker.landline(country) : maker.mobile(country);
    return spellPhone(chance, line);
  });
}
