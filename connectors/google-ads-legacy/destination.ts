// Google Ads API, OfflineUserDataJob: fills a Customer Match list, for developer tokens that may still. Declared as data.
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import { isGoogleProfile } from '../google/digest.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { GoogleAdsClient } from './client.ts';
import { FIRST_POLL_MS, MAX_JOB_BYTES, MAX_JOB_MS, MAX_OPERATIONS_PER_JOB, MIN_INTERVAL_MS } from './limits.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  type DataType,
  type GoogleAdsCredentials,
  type GoogleAdsSettings,
  settingFields,
} from './settings.ts';

const ID_TYPES: Readonly<Record<DataType, ActivationIdType>> = {
  email: 'platform-digest',
  phone: 'platform-digest',
  member: 'platform-digest',
  'mobile-advertising-id': 'mobile-advertising-id',
  'user-id': 'customer',
};

export const googleAdsLegacy = defineDestination<GoogleAdsSettings, GoogleAdsCredentials>({
  kind: 'google-ads-legacy',
  title: 'Google Ads Customer Match (legacy)',
  description:
    'Fills a Customer Match list through offline user data jobs; take google-data-manager unless your token needs this.',
  authentication: 'token',
  settingFields,
  credentialFields,
  audienceSetting: 'user_list_id',
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id', 'customer'],
  accountSettings: ['api_url', 'customer_id'],
  limits: {
    maxRowsPerBatch: MAX_OPERATIONS_PER_JOB,
    maxBytesPerBatch: MAX_JOB_BYTES,
    minIntervalMs: MIN_INTERVAL_MS,
    pollIntervalMs: FIRST_POLL_MS,
    maxPollMs: MAX_JOB_MS,
  },
  removal: {
    supported: true,
    semantics:
      'A removed person is a remove operation of a job of its own, with the same identifiers as it was added with.',
    erasure:
      'The platform has no call that erases a person: the person leaves the list, and the report says removed_only.',
  },
  iabVendorId: 755,
  consentFields: ['consent.adUserData', 'consent.adPersonalization'],
  checkSettings,
  idTypes: (settings) => [ID_TYPES[settings.data_type]],
  acceptsProfile: ({ data_type }, profile) => isGoogleProfile(profile, data_type),
  composesMembers: ({ data_type }) => data_type === 'member',
  hosts: (settings) => [new URL(settings.api_url).hostname, new URL(settings.token_url).hostname],
  batchRules,
  client: (options) => new GoogleAdsClient(options),
});
