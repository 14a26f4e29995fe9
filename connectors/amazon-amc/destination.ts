// Amazon Marketing Cloud audiences. Declared as data.

import { idTypeOf, listRules, takesProfile } from '../customer-list/id-kind.ts';
import { type RefreshCredentials, refreshCredentialFields } from '../customer-list/refresh-tokens.ts';
import { hostsOf } from '../customer-list/setting-fields.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { amazonAmcClient } from './client.ts';
import { MAX_CALL_BYTES, MAX_RECORDS_PER_CALL, MIN_INTERVAL_MS, RECORD_BYTES } from './limits.ts';
import { type AmazonAmcSettings, settingFields } from './settings.ts';

export const amazonAmc = defineDestination<AmazonAmcSettings, RefreshCredentials>({
  kind: 'amazon-amc',
  title: 'Amazon Marketing Cloud audiences',
  description: 'Adds people to an audience of Amazon Marketing Cloud and removes them again.',
  authentication: 'token',
  settingFields,
  credentialFields: refreshCredentialFields,
  audienceSetting: 'audience_id',
  hidesRows: true,
  acceptedIdTypes: ['platform-digest'],
  limits: {
    maxRowsPerBatch: MAX_RECORDS_PER_CALL,
    maxBytesPerBatch: MAX_CALL_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is a record with the action DELETE and the same digest.',
    erasure:
      'The platform has no call that erases a person: the record is deleted from the audience, and the report says removed_only.',
  },
  consentFields: ['userConsent.consent.amzn.amznAdStorage', 'userConsent.consent.amzn.amznUserData'],
  checkSettings: ({ advertiser_id, connection_id }) => {
    if (advertiser_id === undefined || connection_id === undefined) return [];
    const hint = 'Say in one way where a new audience belongs.';
    return [{ pointer: '/settings/connection_id', message: 'stands beside advertiser_id', hint }];
  },
  idTypes: ({ data_type }) => [idTypeOf(data_type)],
  acceptsProfile: ({ data_type: kind }, profile) => takesProfile(profile, { platform: 'amazon', kind }),
  hosts: ({ api_url, token_url }) => hostsOf(api_url, token_url),
  batchRules: ({ data_type, records_per_call }) =>
    listRules(data_type, { maxRows: records_per_call, maxBytes: MAX_CALL_BYTES, extraBytes: RECORD_BYTES }),
  client: amazonAmcClient,
});
