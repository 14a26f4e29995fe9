// Google Data Manager API: fills a user list of Google Ads, Display & Video 360, Ad Manager or Analytics. Declared as data.
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import { type GoogleCredentials, googleCredentialFields } from '../google/credentials.ts';
import { isGoogleProfile } from '../google/digest.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { DataManagerClient } from './client.ts';
import {
  FIRST_POLL_MS,
  MAX_MEMBERS_PER_REQUEST,
  MAX_PROCESSING_MS,
  MAX_REQUEST_BYTES,
  MIN_INTERVAL_MS,
} from './limits.ts';
import { batchRules } from './payload.ts';
import { checkSettings, type DataManagerSettings, type DataType, settingFields } from './settings.ts';

const ID_TYPES: Readonly<Record<DataType, ActivationIdType>> = {
  email: 'platform-digest',
  phone: 'platform-digest',
  member: 'platform-digest',
  composite: 'platform-digest',
  'mobile-advertising-id': 'mobile-advertising-id',
  'user-id': 'customer',
  ppid: 'ppid',
  'pair-id': 'customer',
};

export const googleDataManager = defineDestination<DataManagerSettings, GoogleCredentials>({
  kind: 'google-data-manager',
  title: 'Google Data Manager',
  description: 'Fills a user list of a Google advertising account through the Data Manager API.',
  authentication: 'token',
  settingFields,
  audienceSetting: 'audience_id',
  credentialFields: googleCredentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id', 'ppid', 'customer'],
  accountSettings: ['api_url', 'account_id'],
  limits: {
    maxRowsPerBatch: MAX_MEMBERS_PER_REQUEST,
    maxBytesPerBatch: MAX_REQUEST_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: FIRST_POLL_MS,
    maxPollMs: MAX_PROCESSING_MS,
  },
  removal: {
    supported: true,
    semantics:
      'A removed person is sent to audienceMembers:remove with the same identifiers and leaves the list when the request succeeds.',
    erasure:
      'The platform has no call that erases a person: the person leaves the list, and the report says removed_only.',
  },
  iabVendorId: 755,
  consentFields: ['consent.adUserData', 'consent.adPersonalization'],
  checkSettings,
  idTypes: (settings) => [ID_TYPES[settings.data_type]],
  acceptsProfile: ({ data_type }, profile) =>
    isGoogleProfile(profile, data_type === 'composite' ? 'member' : data_type),
  composesMembers: ({ data_type }) => data_type === 'member' || data_type === 'composite',
  hosts: (settings) => [new URL(settings.api_url).hostname, new URL(settings.token_url).hostname],
  batchRules,
  client: (options) => new DataManagerClient(options),
});
