// A drop: one digest a line, and what is said of it. Pure.
import type { Batch, BatchRules } from '../kit/batches.ts';
import type { RequestBody } from '../kit/egress.ts';
import { RowError } from '../kit/errors.ts';
import { MAX_DROP_BYTES, MAX_ROWS } from './limits.ts';
import type { CrmSettings } from './settings.ts';

/** SHA-256 in base64, as UID2 normalises and digests an address. */
const isDigest = (id: string): boolean => /^[A-Za-z0-9+/]{43}=$/.test(id) && Buffer.from(id, 'base64').length === 32;

export const batchRules = (): BatchRules => ({
  checkRow: (id) => (isDigest(id) ? undefined : new RowError('digest_malformed')),
  rowBytes: (id) => id.length + 1,
  maxRows: MAX_ROWS,
  maxBytes: MAX_DROP_BYTES,
  idForm: 'text',
  inSessions: true,
});

/** A whole audience in one body: its lines are made while they are sent. */
export const dropBody = (batch: Batch): RequestBody => ({
  bytes: batch.added * LINE_BYTES,
  chunks: function* () {
    let lines: string[] = [];
    for (const digest of batch.additions()) {
      if (lines.push(`${digest}\n`) < LINES_PER_CHUNK) continue;
      yield Buffer.from(lines.join(''), 'latin1');
      lines = [];
    }
    yield Buffer.from(lines.join(''), 'latin1');
  },
});

/** Of 44 characters, and the end of the line. */
const LINE_BYTES = 45;
const LINES_PER_CHUNK = 1_024;

/** Never `Email`: an address in the clear is not sent. */
export const dropTerms = ({ retention }: CrmSettings) => ({
  PiiType: 'EmailHashedUnifiedId2',
  MergeMode: 'Replace',
  RetentionEnabled: retention,
});

export const segmentBody = (name: string, { advertiser_id, data_provider_id, region }: CrmSettings) => ({
  AdvertiserId: advertiser_id,
  SegmentName: name,
  Region: region,
  ...(data_provider_id === undefined ? {} : { DataProviderId: data_provider_id }),
});
