// The short way for telephone numbers as they stand in a file, byte by byte without making a string. It reads the plans of
// phone-short-way.ts and answers only where that answers; -1 sends the caller the long way.
import { BY_CALLING_CODE, PLANS, type Plan } from './phone-short-way.ts';

const ZERO = 0x30;
const PLUS = 0x2b;
const MAX_CHARACTERS = 24;

/** A plan as digits: which ones may stand at the first places of a national number, and how many follow. */
interface DigitPlan {
  readonly callingCode: readonly number[];
  /** -1 without one. */
  readonly trunk: number;
  /** A bit for each digit that may stand there; any digit behind the last of them. */
  readonly places: readonly number[];
  readonly minDigits: number;
  readonly maxDigits: number;
}

const ANY_DIGIT = 0x3ff;
const PART = /\[([\d-]+)\]|\\d(?:\{(\d+)(?:,(\d+))?\})?|(\d)/g;

function digitPlan({ callingCode, trunk, national }: Plan): DigitPlan {
  const places: number[] = [];
  let optional = 0;
  for (const [, oneOf, from, to, digit] of national.source.matchAll(PART)) {
    if (digit !== undefined) places.push(1 << Number(digit));
    else if (oneOf !== undefined) places.push(maskOf(oneOf));
    else for (let n = 0; n < Number(from ?? 1); n++) places.push(ANY_DIGIT);
    if (to !== undefined) optional += Number(to) - Number(from);
  }
  return {
    callingCode: [...callingCode].map(Number),
    trunk: trunk === '' ? -1 : Number(trunk),
    places,
    minDigits: places.length,
    maxDigits: places.length + optional,
  };
}

/** The digits of a class such as `1-58`. */
function maskOf(oneOf: string): number {
  let mask = 0;
  for (const [, from, to] of oneOf.matchAll(/(\d)(?:-(\d))?/g)) {
    for (let digit = Number(from); digit <= Number(to ?? from); digit++) mask |= 1 << digit;
  }
  return mask;
}

const DIGIT_PLANS = new Map([...new Set(Object.values(PLANS))].map((plan) => [plan, digitPlan(plan)]));
/** By the calling code as a number: none is the beginning of another. */
const INTERNATIONAL: (DigitPlan | undefined)[] = new Array(1_000).fill(undefined);
for (const [code, plan] of BY_CALLING_CODE) INTERNATIONAL[Number(code)] = DIGIT_PLANS.get(plan);

export type WritePhone = (bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number) => number;

/** The function that writes a number in E.164 from `at` on and answers how many bytes it has; -1 for the long way. */
export function phoneWriter(defaultCountry: string | undefined): WritePhone {
  const home = defaultCountry === undefined ? undefined : PLANS[defaultCountry];
  const plan = home && DIGIT_PLANS.get(home);
  const digits = new Uint8Array(MAX_CHARACTERS);
  return (bytes, start, end, out, at) => {
    if (end - start > MAX_CHARACTERS) return -1;
    const international = bytes[start] === PLUS;
    const count = gatherDigits(bytes, international ? start + 1 : start, end, digits);
    if (count < 4) return -1;
    if (international) return writeInternational(digits, count, out, at);
    return plan === undefined ? -1 : writeNational({ digits, count, plan }, out, at);
  };
}

/** Digits in groups set apart by single blanks, dots or hyphens; -1 for anything else. */
function gatherDigits(bytes: Uint8Array, start: number, end: number, digits: Uint8Array): number {
  let count = 0;
  let apart = true;
  for (let from = start; from < end; from++) {
    const byte = bytes[from] as number;
    if (byte >= ZERO && byte <= 0x39) {
      digits[count++] = byte - ZERO;
      apart = false;
    } else if (!apart && (byte === 0x20 || byte === 0x2d || byte === 0x2e)) apart = true;
    else return -1;
  }
  return apart ? -1 : count;
}

function writeInternational(digits: Uint8Array, count: number, out: Uint8Array, at: number): number {
  let code = 0;
  for (let length = 1; length <= 3; length++) {
    code = code * 10 + (digits[length - 1] as number);
    const plan = INTERNATIONAL[code];
    if (plan !== undefined && plan.callingCode.length === length) {
      return writeE164({ digits, from: length, count, plan }, out, at);
    }
  }
  return -1;
}

function writeNational(
  { digits, count, plan }: { digits: Uint8Array; count: number; plan: DigitPlan },
  out: Uint8Array,
  at: number,
): number {
  if (plan.callingCode.length === 1 && plan.callingCode[0] === 1) {
    return writeE164({ digits, from: count === 11 && digits[0] === 1 ? 1 : 0, count, plan }, out, at);
  }
  if (dialsAbroad(digits, plan)) return writeE164({ digits, from: 2 + plan.callingCode.length, count, plan }, out, at);
  if (plan.trunk < 0) return writeE164({ digits, from: 0, count, plan }, out, at);
  return digits[0] === plan.trunk ? writeE164({ digits, from: 1, count, plan }, out, at) : -1;
}

/** `00` and the country's own calling code. */
function dialsAbroad(digits: Uint8Array, { callingCode }: DigitPlan): boolean {
  if (digits[0] !== 0 || digits[1] !== 0) return false;
  for (let n = 0; n < callingCode.length; n++) if (digits[2 + n] !== callingCode[n]) return false;
  return true;
}

function writeE164(
  { digits, from, count, plan }: { digits: Uint8Array; from: number; count: number; plan: DigitPlan },
  out: Uint8Array,
  at: number,
): number {
  const national = count - from;
  const { callingCode, places } = plan;
  if (national < plan.minDigits || national > plan.maxDigits) return -1;
  let to = at;
  out[to++] = PLUS;
  for (let n = 0; n < callingCode.length; n++) out[to++] = ZERO + (callingCode[n] as number);
  let repeated = true;
  for (let n = 0; n < national; n++) {
    const digit = digits[from + n] as number;
    if (n < places.length && (((places[n] as number) >>> digit) & 1) === 0) return -1;
    if (digit !== digits[from]) repeated = false;
    out[to++] = ZERO + digit;
  }
  return repeated ? -1 : to - at;
}
