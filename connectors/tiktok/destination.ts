// TikTok custom audiences, filled by audience mapping. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { tiktokClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_IDS_PER_CALL, MIN_INTERVAL_MS } from './limits.ts';
import { credentialFields, KINDS, settingFields, type TiktokCredentials, type TiktokSettings } from './settings.ts';

export const tiktok = defineDestination<TiktokSettings, TiktokCredentials>({
  kind: 'tiktok',
  title: 'TikTok custom audiences',
  description: 'Adds people to a custom audience of a TikTok advertiser and removes them again.',
  authentication: 'key',
  settingFields,
  audienceSetting: 'audience_id',
  credentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id'],
  accountSettings: ['api_url', 'advertiser_id'],
  limits: {
    maxRowsPerBatch: MAX_IDS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is a call with the action delete and the same digest.',
    erasure:
      'The platform has no call that erases a person: the person leaves the audience, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: ({ data_type }) => [idTypeOf(KINDS[data_type])],
  acceptsProfile: ({ data_type }, profile) => takesProfile(profile, { platform: 'tiktok', kind: KINDS[data_type] }),
  hosts: ({ api_url }) => hostsOf(api_url),
  batchRules: ({ data_type, ids_per_call }) =>
    listRules(KINDS[data_type], { maxRows: ids_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: 96 }),
  client: tiktokClient,
});
