// Stops a value in the clear where none is due. The service would refuse the whole file for it; here the row alone is left out.

const EMAIL = /[^\s@,;<>"]+@[^\s@,;<>"]+\.[\p{L}\p{N}]/u;
/** International form, or ten digits and more in groups: a category is a word. */
const PHONE = /^\s*(?:\+\d[\d\s().-]{7,}|0\d(?:[\s.-]?\d\d){4}|\(\d{3}\)\s?\d{3}-\d{4})\s*$/;

export function looksLikeEmail(value: string): boolean {
  const at = value.indexOf('@');
  return at > 0 && value.indexOf('.', at) > 0 && EMAIL.test(value);
}

export function looksLikePhone(value: string): boolean {
  return PHONE.test(value);
}
