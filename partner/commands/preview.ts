// `preview`: the first rows as column → type → normalised → first 8 hex digits, so that a person checks the schema before hashing.
// It shows values in the clear on the partner's own screen and writes nothing.

import { readFirstRows } from '../../identifiers/csv/first-rows.ts';
import { planColumns } from '../../identifiers/hashing/column-plan.ts';
import { type PreviewCell, previewRow } from '../../identifiers/hashing/preview-row.ts';
import { commandErrorOfFile } from '../command-error.ts';
import { EXIT } from '../exit-code.ts';
import { openInput } from '../hashing/input-file.ts';
import { PREVIEW_ROWS } from '../limits.ts';
import { readSchemaFile } from '../schema-file.ts';
import { getSecret } from '../secrets.ts';
import type { CommandResult, JsonFlag, Terminal } from '../terminal.ts';
import { SALT } from './hash.ts';

export interface PreviewOptions extends JsonFlag {
  readonly schema: string;
  readonly saltFile?: string;
  readonly leaveOut?: readonly string[];
}

export async function previewCommand(
  path: string,
  options: PreviewOptions,
  terminal: Terminal,
): Promise<CommandResult> {
  const schema = await readSchemaFile(options.schema);
  const saltFile = options.saltFile === undefined ? {} : { file: options.saltFile };
  const salt = await getSecret({ ...SALT, ...saltFile }, terminal, !options.json && path !== '-');
  try {
    const input = await openInput(path, terminal);
    const { header, rows } = await readFirstRows(input.bytes, Object.keys(schema.columns), PREVIEW_ROWS);
    const columns = planColumns(header, schema, new Set(options.leaveOut));
    const cells = rows.flatMap((row, index) => previewRow({ row, number: index + 1, header, columns, schema, salt }));
    return { result: { rows: rows.length, cells }, text: table(cells), exitCode: EXIT.ok };
  } catch (cause) {
    throw commandErrorOfFile(cause);
  }
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
