// The bytes of one file: CSV (RFC 4180) or NDJSON, one change a row. Pure.
import { type Batch, type BatchRules, chunksOf } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { csvField } from './csv.ts';
import { MAX_FILE_BYTES, MAX_ID_LENGTH } from './limits.ts';
import type { FormSettings } from './settings.ts';

export function dropRules(settings: FormSettings): BatchRules {
  return {
    checkRow: (id) => {
      const code = rowFault(id, settings);
      return code === undefined ? undefined : new RowError(code);
    },
    // Four bytes a character and its escapes at the very most, and the row around it.
    rowBytes: (id) => id.length * 6 + 32,
    maxRows: settings.max_rows_per_file,
    maxBytes: MAX_FILE_BYTES,
    idForm: 'text',
  };
}

function rowFault(id: string, settings: FormSettings): string | undefined {
  if (id === '' || id.length > MAX_ID_LENGTH || !id.isWellFormed() || /\p{Cc}/u.test(id)) return 'id_invalid';
  // A spreadsheet runs such a cell as a formula, quoted or not; quoting it otherwise would change the id.
  if (settings.format === 'csv' && settings.formula_ids === 'refuse' && /^\s*[=+\-@＝＋－＠]/u.test(id))
    return 'id_formula';
  return undefined;
}

export function dropFileOf(batch: Batch, settings: FormSettings): Buffer[] {
  const word = (isRemoval: boolean): string => (isRemoval ? 'remove' : 'add');
  if (settings.format === 'ndjson') {
    const row = (id: string, isRemoval: boolean) => `{"id":${JSON.stringify(id)},"change":"${word(isRemoval)}"}\n`;
    return chunksOf(batch, { row, encoding: 'utf8' });
  }
  const row = (id: string, isRemoval: boolean) => `${csvField(id)},${word(isRemoval)}\r\n`;
  return chunksOf(batch, { head: 'id,change\r\n', row, encoding: 'utf8' });
}
