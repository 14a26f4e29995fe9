// Files for Engage's import into a group: a contact and a flag in each row. CSV in UTF-8. Pure.
import { csvField } from '../file-drop/csv.ts';
import type { ListFile } from '../file-drop/list-client.ts';
import { type Batch, type BatchRules, chunksOf } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_FILE_BYTES, MAX_ID_LENGTH } from './limits.ts';
import type { MappEngageSettings } from './settings.ts';

export function batchRules(settings: MappEngageSettings): BatchRules {
  return {
    checkRow: (id) => (isContact(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => id.length * 4 + 10,
    maxRows: settings.max_rows_per_file,
    maxBytes: MAX_FILE_BYTES,
    idForm: 'text',
  };
}

/** A cell that a spreadsheet runs as a formula is left out: people open import files. */
const isContact = (id: string): boolean =>
  id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed() && !/\p{Cc}/u.test(id) && !/^\s*[=+\-@]/u.test(id);

export function filesOf(batch: Batch, stem: string, settings: MappEngageSettings) {
  const { file_prefix, removal } = settings;
  const files: ListFile[] = [];
  const file = (word: string, isMeant: (isRemoval: boolean) => boolean): ListFile => ({
    name: `${file_prefix}-${word}-${stem}.csv`,
    bytes: listOf(batch, settings, isMeant),
  });
  if (removal === 'flag') files.push(file('audience', () => true));
  if (removal === 'file' && batch.removed > 0) files.push(file('unsubscribe', (isRemoval) => isRemoval));
  if (removal === 'file' && batch.added > 0) files.push(file('audience', (isRemoval) => !isRemoval));
  return { files, rejected: {} };
}

function listOf(batch: Batch, settings: MappEngageSettings, isMeant: (isRemoval: boolean) => boolean): Buffer[] {
  return chunksOf(batch, {
    head: `${settings.id_column},${settings.flag_column}\r\n`,
    row: (id, isRemoval) => (isMeant(isRemoval) ? `${csvField(id)},${!isRemoval}\r\n` : ''),
    encoding: 'utf8',
  });
}
