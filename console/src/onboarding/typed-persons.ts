// Addresses and numbers as people type them, made into the list that the rest reads.

/** Bare addresses and numbers, one a line or set apart by commas, become a list with a header; a list with one stays. */
export function asList(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const isTyped = lines.length === 0 || /[@\d]/.test(lines[0]!);
  if (!isTyped) return text;
  const values = lines.flatMap((line) => line.split(/[,;\t]/)).map((value) => value.trim().replaceAll('"', ''));
  const rows = values
    .filter((value) => value !== '')
    .map((value) => (value.includes('@') ? `"${value}",` : `,"${value}"`));
  return ['email,phone', ...rows].join('\n');
}
