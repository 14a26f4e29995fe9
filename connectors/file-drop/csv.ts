// CSV of two columns as RFC 4180 has it: how a cell is written, and how a strict reader takes rows in.

/** Leading and trailing blanks are quoted too, since many readers trim bare fields. */
export const csvField = (value: string): string =>
  /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

export interface CsvPairs {
  readonly header: string;
  readonly rows: readonly (readonly [first: string, second: string])[];
}

/** CRLF, a header, a line break at the very end, and rows of which `second` matches the second field. Throws otherwise. */
export function readCsvPairs(text: string, form: { readonly header: RegExp; readonly second: RegExp }): CsvPairs {
  const [header = '', ...lines] = text.split('\r\n');
  if (!form.header.test(header) || lines.pop() !== '') throw new Error('the CSV has no header or no last line break');
  const rows = lines.map((line) => {
    const [, quoted, bare, second = ''] = /^(?:"((?:[^"]|"")*)"|([^",]*)),([^,]*)$/u.exec(line) ?? [];
    const first = quoted?.replaceAll('""', '"') ?? bare;
    if (first === undefined || !form.second.test(second)) throw new Error('a CSV row has not two fields');
    return [first, second] as const;
  });
  return { header, rows };
}
