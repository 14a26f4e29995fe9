// The file of one batch: sorted lines that differ in nothing but the id, so that they are written from two ready suffixes.
import { type Batch, type BatchRules, chunksOf } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { avroRules } from './avro-file.ts';
import { DEVICE_DOMAINS, type LineLayout, legacyLine, type SegmentEntry } from './legacy-line.ts';
import { MAX_ROWS_PER_FILE } from './limits.ts';
import type { XandrSettings } from './settings.ts';
import { streamingRules } from './streaming-payload.ts';
import { isDeviceId, isXandrUserId } from './uid.ts';

export function layoutOf(settings: XandrSettings): LineLayout {
  const { separator_1, separator_2, separator_3, separator_4, separator_5, segment_fields } = settings;
  return { separators: [separator_1, separator_2, separator_3, separator_4, separator_5], fields: segment_fields };
}

/** What follows the id on its line, line break included. */
function suffixes(settings: XandrSettings, startedAtMs: number): { add: string; remove: string } {
  const layout = layoutOf(settings);
  const entry: SegmentEntry = {
    ...(settings.segment_id === undefined ? {} : { SEG_ID: settings.segment_id }),
    ...(settings.segment_code === undefined ? {} : { SEG_CODE: settings.segment_code }),
    EXPIRATION: settings.expiration_minutes,
    TIMESTAMP: Math.floor(startedAtMs / 1000),
    VALUE: settings.value,
    MEMBER_ID: settings.member_id,
  };
  const domain =
    settings.id_type === 'mobile-advertising-id' ? { domain: DEVICE_DOMAINS[settings.device_domain!] } : {};
  const removed =
    settings.removal === 'expiration'
      ? legacyLine(layout, { uid: '', segments: [{ ...entry, EXPIRATION: -1 }], ...domain })
      : legacyLine(layout, { uid: '', segments: [], removals: [entry], ...domain });
  return { add: `${legacyLine(layout, { uid: '', segments: [entry], ...domain })}\n`, remove: `${removed}\n` };
}

export function batchRules(settings: XandrSettings): BatchRules {
  if (settings.way === 'streaming') return streamingRules(settings);
  return settings.file_form === 'avro' ? avroRules(settings) : legacyRules(settings);
}

function legacyRules(settings: XandrSettings): BatchRules {
  const isValid = settings.id_type === 'xandr-user-id' ? isXandrUserId : isDeviceId;
  const { add, remove } = suffixes(settings, 0);
  // The suffix holds a timestamp of ten digits at most where `0` stands here.
  const suffixBytes = Math.max(add.length, remove.length) + (settings.segment_fields.includes('TIMESTAMP') ? 9 : 0);
  return {
    checkRow: (id) => (isValid(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => id.length + suffixBytes,
    maxRows: MAX_ROWS_PER_FILE,
    maxBytes: settings.max_file_bytes,
    idForm: settings.id_type === 'xandr-user-id' ? 'uint64' : 'text',
  };
}

/** Latin-1 chunks. Pure: the time is that of the delivery, not of the attempt. */
export function fileOf(batch: Batch, settings: XandrSettings, startedAtMs: number): Buffer[] {
  const { add, remove } = suffixes(settings, startedAtMs);
  return chunksOf(batch, { row: (id, isRemoval) => id + (isRemoval ? remove : add), encoding: 'latin1' });
}
