// Snapchat audience segments of customer lists. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { type RefreshCredentials, refreshCredentialFields } from '../customer-list/refresh-tokens.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { snapClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_IDS_PER_CALL, MIN_INTERVAL_MS } from './limits.ts';
import { type SnapSettings, settingFields } from './settings.ts';

export const snap = defineDestination<SnapSettings, RefreshCredentials>({
  kind: 'snap',
  title: 'Snapchat audience segments',
  description: 'Adds people to a customer-list segment of a Snapchat ad account and removes them again.',
  authentication: 'token',
  settingFields,
  audienceSetting: 'segment_id',
  credentialFields: refreshCredentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id'],
  limits: {
    maxRowsPerBatch: MAX_IDS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is a DELETE with the same digest.',
    erasure:
      'The platform has no call that erases a person: the person leaves the segment, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: ({ data_type }) => [idTypeOf(data_type)],
  acceptsProfile: ({ data_type: kind }, profile) => takesProfile(profile, { platform: 'snap', kind }),
  hosts: ({ api_url, token_url }) => hostsOf(api_url, token_url),
  batchRules: ({ data_type, ids_per_call }) =>
    listRules(data_type, { maxRows: ids_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: 6 }),
  client: snapClient,
});
