// Finds what must never arrive: an email address in any cell, a telephone number where a digest or a category is due.
// Called for suspicious cells alone; the cell is judged and forgotten.

const EMAIL = /[^\s@,;<>"']+@[^\s@,;<>"']+\.[^\s@,;<>"']{2,}/u;
const ISO_DATE = /^\d{4}[-./]\d{2}[-./]\d{2}$/;
const PHONE_CHARACTERS = /^[+(]?[\d\s().\-/+]+$/;

export function holdsEmail(cell: string): boolean {
  return EMAIL.test(cell);
}

/** Where 64 hex digits are due, any seven digits written like a number to dial are one. */
export function isPhoneInsteadOfDigest(cell: string): boolean {
  const digits = phoneDigits(cell);
  return digits >= 7 && digits <= 17;
}

/** A category may be a code of some digits (a postcode, a year), so only numbers long enough to dial count. */
export function isPhoneInsteadOfCategory(cell: string): boolean {
  const digits = phoneDigits(cell);
  if (digits > 15) return false;
  const trimmed = cell.trim();
  if (trimmed.startsWith('+') || trimmed.startsWith('00')) return digits >= 7;
  return digits >= 9 || (digits === 8 && /^\d{2}([ .])\d{2}\1\d{2}\1\d{2}$/.test(trimmed));
}

function phoneDigits(cell: string): number {
  const trimmed = cell.trim().replace(/^tel:/i, '');
  if (trimmed.length > 32 || !PHONE_CHARACTERS.test(trimmed) || ISO_DATE.test(trimmed)) return 0;
  return trimmed.replace(/\D/g, '').length;
}
