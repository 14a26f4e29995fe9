// A record id and a flag in each row, and nothing else: no attribute, no partner, no reason. Pure.
import { csvField } from '../file-drop/csv.ts';
import { type Batch, type BatchRules, chunksOf } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_FILE_BYTES, MAX_ID_LENGTH } from './limits.ts';
import type { CrmFeedbackSettings } from './settings.ts';

export function batchRules(settings: CrmFeedbackSettings): BatchRules {
  return {
    checkRow: (id) => (isRecordId(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => id.length * 4 + 10,
    maxRows: settings.max_rows_per_file,
    maxBytes: MAX_FILE_BYTES,
    idForm: 'text',
  };
}

/** A cell that a spreadsheet runs as a formula is left out: people open import files. An address in the clear is no key of a record. */
const isRecordId = (id: string): boolean =>
  id !== '' && id.length <= MAX_ID_LENGTH && id.isWellFormed() && !/\p{Cc}|@/u.test(id) && !/^\s*[=+\-@]/u.test(id);

export function filesOf(batch: Batch, stem: string, settings: CrmFeedbackSettings) {
  const { file_prefix, channel, record_column, flag } = settings;
  const bytes = chunksOf(batch, {
    head: `${record_column},${flag}\r\n`,
    row: (id, isRemoval) => `${csvField(id)},${!isRemoval}\r\n`,
    encoding: 'utf8',
  });
  return { files: [{ name: `${file_prefix}-${channel}-${stem}.csv`, bytes }], rejected: {} };
}
