// How the cells of attributes are read: words for yes and no, decimals, days. Plain forms without making a string of them.

/** Days since 1970, shifted so that they stay positive. */
export const DATE_SHIFT_DAYS = 1 << 20;

const YES_OR_NO: Readonly<Record<string, number>> = { true: 1, '1': 1, yes: 1, false: 0, '0': 0, no: 0 };
export const DECIMAL = /^[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,3})?$/;
const DAY_MS = 86_400_000;
/** Days from 1970 to each new year from 1900 on: Date.UTC for each cell would be half the cost of a date. */
const DAYS_BEFORE_YEAR = Int32Array.from({ length: 400 }, (_, n) => Date.UTC(1900 + n, 0, 1) / DAY_MS);
const DAYS_BEFORE_MONTH = Int32Array.of(0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334);

const TRUE = 0x74727565;
const FALSE = 0x66616c73;

export function spelledWord(bytes: Buffer, start: number, end: number): number | undefined {
  return end - start > 5 ? undefined : YES_OR_NO[bytes.toString('latin1', start, end).toLowerCase()];
}

/** `1`, `0`, `true` and `false` without making a string of them. */
export function plainWord(bytes: Buffer, start: number, end: number): number | undefined {
  const length = end - start;
  if (length === 1) return bytes[start] === 49 ? 1 : bytes[start] === 48 ? 0 : undefined;
  if (length < 4) return undefined;
  const word =
    ((bytes[start] as number) << 24) |
    ((bytes[start + 1] as number) << 16) |
    ((bytes[start + 2] as number) << 8) |
    (bytes[start + 3] as number);
  if (length === 4) return word === TRUE ? 1 : undefined;
  return length === 5 && word === FALSE && bytes[start + 4] === 101 ? 0 : undefined;
}

/**
 * Digits with at most one point and fifteen places, by far the most frequent form; -1 for anything else. Both the digits
 * and the power of ten are exact, so their quotient is rounded once, as Number() would.
 */
export function plainDecimal(bytes: Buffer, start: number, end: number): number {
  if (end - start > 16) return -1;
  let digits = 0;
  let places = 0;
  let point = -1;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit;
      places++;
    } else if (digit === -2 && point < 0) point = at;
    else return -1;
  }
  if (places === 0 || places > 15) return -1;
  return point < 0 ? digits : digits / (POWERS_OF_TEN[end - 1 - point] as number);
}

const POWERS_OF_TEN = Float64Array.from({ length: 17 }, (_, n) => Number(`1e${n}`));

/** Plain digits with at most nine places, by far the most frequent form; -1 for anything else. */
function wholeNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 9) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** YYYY-MM-DD of a real day between 1900 and 2299, the range of the engine's Date32. */
export function shiftedDays(bytes: Buffer, start: number, end: number): number | undefined {
  if (end - start !== 10 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return undefined;
  const year = wholeNumber(bytes, start, start + 4);
  const month = wholeNumber(bytes, start + 5, start + 7);
  const day = wholeNumber(bytes, start + 8, end);
  if (year < 1900 || year > 2299 || month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) {
    return undefined;
  }
  return (DAYS_BEFORE_YEAR[year - 1900] as number) + dayOfYear(year, month) + day - 1 + DATE_SHIFT_DAYS;
}

function dayOfYear(year: number, month: number): number {
  return (DAYS_BEFORE_MONTH[month - 1] as number) + (month > 2 && isLeapYear(year) ? 1 : 0);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
