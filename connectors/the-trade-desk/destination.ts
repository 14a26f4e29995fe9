// The Trade Desk, first-party data of an advertiser through the Data API. Declared as data.
import { defineDestination } from '../kit/define-destination.ts';
import { TradeDeskClient } from './client.ts';
import { MAX_BODY_BYTES, MAX_ITEMS_PER_REQUEST } from './limits.ts';
import { batchRules } from './payload.ts';
import { dataUrl } from './regions.ts';
import {
  checkSettings,
  credentialFields,
  settingFields,
  type TradeDeskCredentials,
  type TradeDeskSettings,
} from './settings.ts';
import { activationIdTypeOf } from './user-id.ts';

export const theTradeDesk = defineDestination<TradeDeskSettings, TradeDeskCredentials>({
  kind: 'the-trade-desk',
  title: 'The Trade Desk',
  description: "Fills a segment of an advertiser's first-party data through the Data API.",
  authentication: 'token',
  settingFields,
  credentialFields,
  hidesRows: true,
  acceptedIdTypes: ['uid2', 'mobile-advertising-id', 'customer'],
  accountSettings: ['data_url', 'advertiser_id'],
  limits: {
    maxRowsPerBatch: MAX_ITEMS_PER_REQUEST,
    maxBytesPerBatch: MAX_BODY_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics:
      'A removed id is sent with a lifetime of zero and leaves the segment; with removal set to opt-out or deletion, a data subject request for all data of the advertiser follows.',
    erasure:
      'Whatever removal says, a data subject request of the type Deletion follows for all data of the advertiser; the report says erased, or removed_only where the platform refused some of it.',
  },
  iabVendorId: 21,
  consentFields: [],
  checkSettings,
  idTypes: (settings) => [activationIdTypeOf(settings.id_name)],
  hosts: (settings) => [new URL(dataUrl(settings)).hostname, new URL(settings.auth_url).hostname],
  batchRules,
  client: (options) => new TradeDeskClient(options),
});
