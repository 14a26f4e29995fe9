// LinkedIn matched audiences: DMP segments of users. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { type RefreshCredentials, refreshCredentialFields } from '../customer-list/refresh-tokens.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { linkedinClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_USERS_PER_CALL, MIN_INTERVAL_MS } from './limits.ts';
import { KINDS, type LinkedinSettings, settingFields } from './settings.ts';

export const linkedin = defineDestination<LinkedinSettings, RefreshCredentials>({
  kind: 'linkedin',
  title: 'LinkedIn matched audiences',
  description: 'Adds people to a DMP segment of a LinkedIn ad account and removes them again.',
  authentication: 'token',
  settingFields,
  audienceSetting: 'segment_id',
  credentialFields: refreshCredentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id'],
  limits: {
    maxRowsPerBatch: MAX_USERS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is an element with REMOVE and the same identifier.',
    erasure:
      'The platform has no call that erases a person: the person leaves the segment, and the report says removed_only.',
  },
  consentFields: [],
  checkSettings: () => [],
  idTypes: ({ data_type }) => [idTypeOf(KINDS[data_type])],
  acceptsProfile: ({ data_type }, profile) => takesProfile(profile, { platform: 'linkedin', kind: KINDS[data_type] }),
  hosts: ({ api_url, token_url }) => hostsOf(api_url, token_url),
  batchRules: ({ data_type, users_per_call }) =>
    listRules(KINDS[data_type], { maxRows: users_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: 96 }),
  client: linkedinClient,
});
