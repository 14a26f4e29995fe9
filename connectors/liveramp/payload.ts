// Column-based files: a header in capitals, an identifier and the audience in each row. Pure.
import { type IdKind, listRules } from '../customer-list/id-kind.ts';
import { csvField } from '../file-drop/csv.ts';
import type { ListFile } from '../file-drop/list-client.ts';
import { type Batch, type BatchRules, chunksOf } from '../kit/batches.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import type { LiverampSettings } from './settings.ts';

const HEADERS: Readonly<Partial<Record<IdKind, string>>> = {
  email: 'EMAIL',
  'mobile-advertising-id': 'MAID',
  customer: 'CUSTOMERID',
};

export function batchRules(settings: LiverampSettings): BatchRules {
  const extraBytes = settings.audience_value.length + 8;
  return listRules(settings.data_type, { maxRows: settings.max_rows_per_file, maxBytes: MAX_FILE_BYTES, extraBytes });
}

/** A list below the platform's minimum would be refused there, unseen; it is left out here and counted. */
export function filesOf(batch: Batch, stem: string, settings: LiverampSettings) {
  const files: ListFile[] = [];
  const rejected: Record<string, number> = {};
  for (const isRemoval of [true, false]) {
    const rows = isRemoval ? batch.removed : batch.added;
    if (rows === 0) continue;
    if (isRemoval && settings.removal === 'none') rejected.removal_not_agreed = rows;
    else if (rows < settings.min_rows_per_file) rejected.below_minimum_rows = (rejected.below_minimum_rows ?? 0) + rows;
    else files.push({ name: nameOf(stem, settings, isRemoval), bytes: listOf(batch, settings, isRemoval) });
  }
  return { files, rejected };
}

const nameOf = (stem: string, { file_prefix }: LiverampSettings, isRemoval: boolean): string =>
  `${file_prefix}_${isRemoval ? 'DELETE_' : ''}${stem}.csv`;

function listOf(batch: Batch, settings: LiverampSettings, isRemoval: boolean): Buffer[] {
  const { data_type, id_header = HEADERS[data_type], audience_header, audience_value } = settings;
  return chunksOf(batch, {
    head: `${id_header},${audience_header}\r\n`,
    row: (id, removes) => (removes === isRemoval ? `${csvField(id)},${csvField(audience_value)}\r\n` : ''),
    encoding: 'utf8',
  });
}
