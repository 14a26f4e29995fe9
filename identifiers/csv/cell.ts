// Writes CSV cells (RFC 4180): quoted where a comma, quote, line break or blank at the rim asks for it.
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

/** Data is never altered, not even a leading "=": the file is read by machines, and a changed value would be a wrong one. */
export function csvCell(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** For lists that people open in a spreadsheet: a leading =, +, -, @ or tab would be run as a formula. */
export function spreadsheetCell(value: string): string {
  return csvCell(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
}
