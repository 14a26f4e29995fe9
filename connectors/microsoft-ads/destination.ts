// Microsoft Advertising customer lists. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { microsoftAdsClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_ITEMS_PER_CALL, MIN_INTERVAL_MS } from './limits.ts';
import {
  credentialFields,
  type MicrosoftAdsCredentials,
  type MicrosoftAdsSettings,
  settingFields,
} from './settings.ts';

export const microsoftAds = defineDestination<MicrosoftAdsSettings, MicrosoftAdsCredentials>({
  kind: 'microsoft-ads',
  title: 'Microsoft Advertising customer lists',
  description: 'Adds people to a customer list of Microsoft Advertising and removes them again.',
  authentication: 'token',
  settingFields,
  credentialFields,
  audienceSetting: 'audience_id',
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'customer'],
  accountSettings: ['api_url', 'customer_account_id'],
  limits: {
    maxRowsPerBatch: MAX_ITEMS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is a call with Remove and the same identifier.',
    erasure:
      'The platform has no call that erases a person: the person leaves the list, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: ({ data_type }) => [idTypeOf(data_type)],
  acceptsProfile: ({ data_type: kind }, profile) => takesProfile(profile, { platform: 'microsoft', kind }),
  hosts: ({ api_url, token_url }) => hostsOf(api_url, token_url),
  batchRules: ({ data_type, items_per_call }) =>
    listRules(data_type, { maxRows: items_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: 4 }),
  client: microsoftAdsClient,
});
