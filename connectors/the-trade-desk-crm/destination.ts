// The Trade Desk's CRM data: a segment replaced by a drop of digests. Declared as data.
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';
import { defineDestination } from '../kit/define-destination.ts';
import { TradeDeskCrmClient } from './client.ts';
import { crmLimits } from './limits.ts';
import { batchRules } from './payload.ts';
import { type CrmCredentials, type CrmSettings, checkSettings, credentialFields, settingFields } from './settings.ts';

export const theTradeDeskCrm = defineDestination<CrmSettings, CrmCredentials>({
  kind: 'the-trade-desk-crm',
  title: 'The Trade Desk CRM data',
  description: 'Replaces a CRM segment of an advertiser by a whole audience of UID2 digests.',
  authentication: 'token',
  settingFields,
  audienceSetting: 'crm_data_id',
  credentialFields,
  hidesRows: true,
  acceptedIdTypes: ['platform-digest'],
  limits: crmLimits,
  takesWholeAlone: true,
  removal: {
    supported: false,
    semantics:
      'A drop replaces the segment: who is not in the next whole delivery leaves by it, and nobody leaves otherwise.',
    erasure:
      'A drop erases nobody, and the report says unsupported: deliver the whole audience again, the person is not in it.',
  },
  iabVendorId: 21,
  consentFields: [],
  checkSettings,
  idTypes: () => ['platform-digest'],
  acceptsProfile: (_settings, profile) => {
    const found = findPlatformProfile(profile);
    return found?.name.startsWith('uid2@') === true && found.kind === 'email';
  },
  hosts: ({ api_url, upload_hosts }) => [new URL(api_url).hostname, upload_hosts],
  batchRules,
  client: (options) => new TradeDeskCrmClient(options),
});
