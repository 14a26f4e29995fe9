// `preview`: the first rows as column → type → normalised → first 8 hex digits, so that a person checks the schema before hashing.
// It shows values in the clear on the partner's own screen and writes nothing.

import { normaliseCustomerParts } from '../../identifiers/customer.ts';
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import { type IdentifierType, type Normalised, normalise } from '../../identifiers/identifier.ts';
import { normalisePostalParts } from '../../identifiers/postal-address.ts';
import { saltedDigest } from '../../identifiers/salted-digest.ts';
import { CommandError } from '../command-error.ts';
import { parseRecords } from '../csv/csv-format.ts';
import { recordChunks } from '../csv/record-chunks.ts';
import { EXIT } from '../exit-code.ts';
import { type ColumnPlan, planColumns } from '../hashing/column-plan.ts';
import { readHead } from '../hashing/file-head.ts';
import { openInput } from '../hashing/input-file.ts';
import { PREVIEW_ROWS } from '../limits.ts';
import { readSchemaFile } from '../schema-file.ts';
import { getSecret } from '../secrets.ts';
import type { CommandResult, JsonFlag, Terminal } from '../terminal.ts';
import { SALT } from './hash.ts';

export interface PreviewOptions extends JsonFlag {
  readonly schema: string;
  readonly saltFile?: string;
}

interface PreviewCell {
  readonly row: number;
  readonly column: string;
  readonly type: string;
  readonly normalised?: string;
  readonly digest?: string;
  readonly code?: string;
}

export async function previewCommand(
  path: string,
  options: PreviewOptions,
  terminal: Terminal,
): Promise<CommandResult> {
  const schema = await readSchemaFile(options.schema);
  const saltFile = options.saltFile === undefined ? {} : { file: options.saltFile };
  const salt = await getSecret({ ...SALT, ...saltFile }, terminal, !options.json && path !== '-');
  const { header, rows } = await firstRows(path, schema, terminal);
  const columns = planColumns(header, schema);
  const cells = rows.flatMap((row, index) => previewRow({ row, number: index + 1, header, columns, schema, salt }));
  return { result: { rows: rows.length, cells }, text: table(cells), exitCode: EXIT.ok };
}

async function firstRows(
  path: string,
  schema: DatasetSchema,
  terminal: Terminal,
): Promise<{ header: readonly string[]; rows: string[][] }> {
  const input = await openInput(path, terminal);
  const { format, scanner, rest } = await readHead(input.bytes, Object.keys(schema.columns));
  const rows: string[][] = [];
  for await (const chunk of recordChunks(rest, scanner, { chunkBytes: 1 })) {
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(chunk);
    } catch {
      throw new CommandError('encoding_invalid', 'the file is not UTF-8', { hint: 'iconv -f WINDOWS-1252 -t UTF-8' });
    }
    rows.push(...parseRecords(text, format).rows);
    if (rows.length >= PREVIEW_ROWS) break;
  }
  return { header: format.header, rows: rows.slice(0, PREVIEW_ROWS) };
}

interface PreviewRow {
  readonly row: readonly string[];
  readonly number: number;
  readonly header: readonly string[];
  readonly columns: readonly ColumnPlan[];
  readonly schema: DatasetSchema;
  readonly salt: string;
}

function previewRow({ row, number, header, columns, schema, salt }: PreviewRow): PreviewCell[] {
  if (row.length !== columns.length) return [{ row: number, column: '', type: '', code: 'column_count' }];
  const country = schema.defaultCountry === undefined ? {} : { defaultCountry: schema.defaultCountry };
  return columns.map((plan, index): PreviewCell => {
    const column = header[index]!;
    const base = { row: number, column };
    if (plan.does === 'digest' || plan.does === 'composite') {
      const normalised = plan.does === 'digest' ? normalise(plan.type, row[index]!, country) : compose(plan, row);
      return { ...base, type: plan.type, ...digestOf(normalised, plan.type, salt) };
    }
    if (plan.does === 'empty') return { ...base, type: 'part of the key', normalised: '' };
    if (plan.does === 'seal') return { ...base, type: plan.profileText, normalised: '(sealed)' };
    return { ...base, type: roleOf(column, schema), normalised: row[index]! };
  });
}

function compose(plan: Extract<ColumnPlan, { does: 'composite' }>, row: readonly string[]): Normalised {
  const [first = '', second = '', third = ''] = plan.parts.map((index) => row[index]!);
  if (plan.type === 'customer') return normaliseCustomerParts(plan.parts.map((index) => row[index]!));
  return normalisePostalParts({ surname: first, postcode: second, 'house-number': third });
}

function digestOf(normalised: Normalised, type: IdentifierType, salt: string): Partial<PreviewCell> {
  if (!normalised.ok) return { code: normalised.code };
  const value = normalised.value.reveal();
  return { normalised: value, digest: saltedDigest({ salt, type, normalised: value }).slice(0, 8) };
}

function roleOf(name: string, schema: DatasetSchema): string {
  const column = schema.columns[name]!;
  if (column.role === 'attribute') return column.kind;
  return column.role === 'activation-id' ? column.type : column.role;
}

function table(cells: readonly PreviewCell[]): string {
  const lines = [['row', 'column', 'type', 'normalised', 'digest']];
  for (const cell of cells) {
    const shown = cell.code === undefined ? (cell.normalised ?? '') : `(${cell.code})`;
    lines.push([String(cell.row), cell.column, cell.type, printable(shown), cell.digest ?? '']);
  }
  const widths = [0, 1, 2, 3].map((at) => Math.max(...lines.map((line) => line[at]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A file may hold terminal control sequences; they are shown, not obeyed. */
function printable(text: string): string {
  return text.length > 60 ? `${printable(text.slice(0, 59))}…` : text.replace(/\p{Cc}/gu, '·');
}
