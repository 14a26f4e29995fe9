// Meta Custom Audiences (Facebook, Instagram) by the Marketing API, declared as data.
import type { ActivationIdType } from '../../identifiers/identifier.ts';
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { MetaClient } from './client.ts';
import { FIELD_OF_KEY } from './keys.ts';
import { MAX_BODY_BYTES, MAX_ROWS_PER_CALL } from './limits.ts';
import { batchRules } from './payload.ts';
import {
  checkSettings,
  credentialFields,
  type DataType,
  type MetaCredentials,
  type MetaSettings,
  settingFields,
} from './settings.ts';

const ID_TYPES: Readonly<Record<DataType, ActivationIdType>> = {
  email: 'platform-digest',
  phone: 'platform-digest',
  member: 'platform-digest',
  'mobile-advertising-id': 'mobile-advertising-id',
  'external-id': 'customer',
};

export const meta = defineDestination<MetaSettings, MetaCredentials>({
  kind: 'meta',
  title: 'Meta Custom Audiences',
  description: 'Fills a customer file Custom Audience of a Meta ad account.',
  authentication: 'key',
  settingFields,
  audienceSetting: 'audience_id',
  credentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest', 'mobile-advertising-id', 'customer'],
  limits: {
    maxRowsPerBatch: MAX_ROWS_PER_CALL,
    maxBytesPerBatch: MAX_BODY_BYTES,
    minIntervalMs: 0,
    pollIntervalMs: 0,
    maxPollMs: 0,
  },
  removal: {
    supported: true,
    semantics: 'A removed person is deleted from the audience by the same keys; the platform takes up to 24 hours.',
    erasure:
      'The platform has no call that erases a person: the person is deleted from the audience, and the report says removed_only.',
  },
  consentFields: ['customer_consent'],
  checkSettings,
  idTypes: (settings) => [ID_TYPES[settings.data_type]],
  acceptsProfile: ({ data_type, member_keys }, profile) => {
    const found = findPlatformProfile(profile);
    if (found === undefined || !found.name.startsWith('meta@')) return false;
    return data_type === 'member'
      ? member_keys.some((key) => FIELD_OF_KEY[key] === found.kind)
      : found.kind === data_type;
  },
  composesMembers: ({ data_type }) => data_type === 'member',
  hosts: (settings) => [new URL(settings.api_url).hostname],
  batchRules,
  client: (options) => new MetaClient(options),
});
