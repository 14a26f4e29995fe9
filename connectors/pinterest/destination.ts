// Pinterest customer lists. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { type RefreshCredentials, refreshCredentialFields } from '../customer-list/refresh-tokens.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { pinterestClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_RECORDS_PER_CALL, MIN_INTERVAL_MS } from './limits.ts';
import { type PinterestSettings, settingFields } from './settings.ts';

export const pinterest = defineDestination<PinterestSettings, RefreshCredentials>({
  kind: 'pinterest',
  title: 'Pinterest customer lists',
  description: 'Adds people to a customer list of a Pinterest ad account and removes them again.',
  authentication: 'token',
  settingFields,
  audienceSetting: 'customer_list_id',
  credentialFields: refreshCredentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id'],
  accountSettings: ['api_url', 'ad_account_id'],
  limits: {
    maxRowsPerBatch: MAX_RECORDS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is a call with REMOVE and the same digest.',
    erasure:
      'The platform has no call that erases a person: the person leaves the list, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: ({ data_type }) => [idTypeOf(data_type)],
  acceptsProfile: ({ data_type: kind }, profile) => takesProfile(profile, { platform: 'pinterest', kind }),
  hosts: ({ api_url, token_url }) => hostsOf(api_url, token_url),
  batchRules: ({ data_type, records_per_call }) =>
    listRules(data_type, { maxRows: records_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: 1 }),
  client: pinterestClient,
});
