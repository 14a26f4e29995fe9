// Which customer list of which Microsoft Advertising account is filled, and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { type RefreshCredentials, refreshCredentialFields } from '../customer-list/refresh-tokens.ts';
import { callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_ITEMS_PER_CALL, MAX_ITEMS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'customer'] as const satisfies readonly IdKind[];

export interface MicrosoftAdsSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly customer_id: string;
  readonly customer_account_id: string;
  readonly audience_id: string;
  readonly data_type: (typeof DATA_TYPES)[number];
  readonly items_per_call: number;
}
export interface MicrosoftAdsCredentials extends RefreshCredentials {
  readonly developer_token: string;
}

export const settingFields: SettingFields = {
  api_url: urlField('API address', 'https://campaign.api.bingads.microsoft.com/CampaignManagement/v13'),
  token_url: urlField('Token address', 'https://login.microsoftonline.com/common/oauth2/v2.0/token'),
  customer_id: requiredId('Customer id', 'The manager account, digits alone.', '^[0-9]+$'),
  customer_account_id: requiredId('Account id', 'The ad account, digits alone.', '^[0-9]+$'),
  audience_id: requiredId('Audience id', 'The customer list to fill, digits alone.', '^[0-9]+$'),
  data_type: dataTypeField(DATA_TYPES),
  items_per_call: callSizeField({ default: DEFAULT_ITEMS_PER_CALL, max: MAX_ITEMS_PER_CALL }),
};

export const credentialFields: SettingFields = {
  developer_token: {
    type: 'secret',
    title: 'Developer token',
    description: 'Of Microsoft Advertising, for your own or your application.',
    required: true,
    pattern: '^[\\x21-\\x7e]+$',
  },
  ...refreshCredentialFields,
};
