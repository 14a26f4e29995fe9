// Bodies of the Data API: items with one id each for a segment and its lifetime, and requests of data subjects. Pure.
import type { BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import { ENVELOPE_BYTES, MAX_BODY_BYTES, MAX_ID_LENGTH } from './limits.ts';
import type { TradeDeskSettings } from './settings.ts';
import { isUserId } from './user-id.ts';

export interface Row {
  readonly id: string;
  readonly isRemoval: boolean;
}

export function batchRules(settings: TradeDeskSettings): BatchRules {
  const { id_name, segment_name, ttl_field } = settings;
  const besideId = JSON.stringify({ [id_name]: '', Data: [{ Name: segment_name, [ttl_field]: 1_000_000 }] });
  const besideIdBytes = Buffer.byteLength(besideId) + 1;
  return {
    checkRow: (id) => (id.length <= MAX_ID_LENGTH && isUserId(id_name, id) ? undefined : new RowError('id_invalid')),
    // Quotation marks and backslashes are written as two.
    rowBytes: (id) => besideIdBytes + 2 * id.length,
    maxRows: settings.max_items_per_request,
    maxBytes: MAX_BODY_BYTES - ENVELOPE_BYTES,
    idForm: 'text',
  };
}

/** A lifetime of zero takes the person out of the segment. */
export function advertiserBody(rows: readonly Row[], settings: TradeDeskSettings, traceId: string): Buffer {
  const Items = rows.map(({ id, isRemoval }) => ({
    [settings.id_name]: id,
    Data: [{ Name: settings.segment_name, [settings.ttl_field]: isRemoval ? 0 : settings.ttl_minutes }],
  }));
  return bodyOf({ ...ownerOf(settings), Items, DataLoadTraceId: traceId });
}

const REQUEST_TYPES = { 'opt-out': 'OptOut', deletion: 'Deletion' } as const;

/** Beyond the segment: all that the advertiser has of these persons. */
export function subjectRequestBody(
  ids: readonly string[],
  settings: TradeDeskSettings & { readonly removal: keyof typeof REQUEST_TYPES },
  traceId: string,
): Buffer {
  return bodyOf({
    AdvertiserId: settings.advertiser_id,
    Items: ids.map((id) => ({ [settings.id_name]: id })),
    RequestType: REQUEST_TYPES[settings.removal],
    DataLoadTraceId: traceId,
  });
}

function ownerOf({ advertiser_id, data_provider_id }: TradeDeskSettings): object {
  return {
    AdvertiserId: advertiser_id,
    ...(data_provider_id === undefined ? {} : { DataProviderId: data_provider_id }),
  };
}

const bodyOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));
