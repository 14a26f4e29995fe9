// The first look at a dropped file, in the page itself: its columns, some rows, and how they would be hashed. Nothing is sent.
import { readFirstRows } from '../../../identifiers/csv/first-rows.ts';
import type { DatasetSchema } from '../../../identifiers/dataset-schema.ts';
import { FileFault } from '../../../identifiers/file-fault.ts';
import { looksLikeEmail, looksLikePhone } from '../../../identifiers/hashing/clear-text-guard.ts';
import { planColumns } from '../../../identifiers/hashing/column-plan.ts';
import { type PreviewCell, previewRow } from '../../../identifiers/hashing/preview-row.ts';
import { HashFailure, openFile } from './file-bytes.ts';
import type { HashFault } from './hash-words.ts';
import { PREVIEW_ROWS, SAMPLE_ROWS } from './limits.ts';

export interface FirstLook {
  readonly file: File;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `columnNames`: those of the schema, where there is one, tell the delimiter. Throws what faultOf reads. */
export async function lookAtFile(file: File, columnNames: readonly string[] = []): Promise<FirstLook> {
  const { bytes } = await openFile(file);
  const names = columnNames.length > 0 ? columnNames : await likelyNames(file);
  const { header, rows } = await readFirstRows(bytes, names, SAMPLE_ROWS);
  refuseValues(header);
  return { file, header, rows };
}

/** The names of columns go to the service with the schema: a first line that holds a person's values must not. */
function refuseValues(header: readonly string[]): void {
  const isValue = (name: string): boolean =>
    looksLikeEmail(name) || looksLikePhone(name) || /^[\d\s.,:/-]{5,}$/.test(name);
  if (!header.some(isValue)) return;
  throw new FileFault('header_invalid', 'the first line holds values, not the names of columns', {
    hint: 'add a line with the names of the columns',
  });
}

/** Without a schema the delimiter is the one that cuts the first line into most names. */
async function likelyNames(file: File): Promise<string[]> {
  const { bytes } = await openFile(file);
  for await (const first of bytes) {
    const line =
      new TextDecoder()
        .decode(first)
        .replace(/^\uFEFF?[\r\n]*/, '')
        .split(/[\r\n]/, 1)[0] ?? '';
    const cuts = [',', ';', '\t', '|'].map((delimiter) => line.split(delimiter));
    return cuts
      .reduce((most, cut) => (cut.length > most.length ? cut : most))
      .map((name) => name.replace(/^\s*"?|"?\s*$/g, ''));
  }
  return [];
}

export interface Preview {
  readonly raw: readonly string[];
  readonly cells: readonly PreviewCell[];
}

/** Throws FileFault for a file that does not fit the schema. */
export function previewOf(look: FirstLook, schema: DatasetSchema, salt: string, leftOut: readonly string[]): Preview[] {
  const { header } = look;
  const columns = planColumns(header, schema, new Set(leftOut));
  return look.rows
    .slice(0, PREVIEW_ROWS)
    .map((row, index) => ({ raw: row, cells: previewRow({ row, number: index + 1, header, columns, schema, salt }) }));
}

/** Anything unforeseen is told by its name alone: its message may quote data. */
export function faultOf(cause: unknown): HashFault {
  if (cause instanceof HashFailure) return cause.fault;
  if (cause instanceof FileFault) return { code: cause.code, message: cause.message, ...cause.detail };
  return { code: 'internal', message: cause instanceof Error ? cause.name : 'unknown' };
}
