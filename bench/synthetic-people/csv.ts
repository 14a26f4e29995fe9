// Rows as CSV (RFC 4180): a header, line feeds, quotes where a cell needs them.

export function csvText(rows: readonly object[]): string {
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => Object.values(row).map(csvCell).join(','));
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

function csvCell(value: unknown): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
