// Which audience of which TikTok advertiser is filled, and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_IDS_PER_CALL, MAX_IDS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'phone', 'idfa', 'aaid'] as const;
export type DataType = (typeof DATA_TYPES)[number];

export const KINDS: Readonly<Record<DataType, IdKind>> = {
  email: 'email',
  phone: 'phone',
  idfa: 'mobile-advertising-id',
  aaid: 'mobile-advertising-id',
};

export interface TiktokSettings {
  readonly api_url: string;
  readonly advertiser_id: string;
  readonly audience_id: string;
  readonly data_type: DataType;
  readonly ids_per_call: number;
}
export interface TiktokCredentials {
  readonly access_token: string;
}

export const settingFields: SettingFields = {
  api_url: urlField('API address', 'https://business-api.tiktok.com/open_api/v1.3'),
  advertiser_id: requiredId('Advertiser id', 'The advertiser who owns the audience, digits alone.', '^[0-9]+$'),
  audience_id: requiredId('Audience id', 'The audience to fill, digits alone.', '^[0-9]+$'),
  data_type: dataTypeField(DATA_TYPES),
  ids_per_call: callSizeField({ default: DEFAULT_IDS_PER_CALL, max: MAX_IDS_PER_CALL }),
};

export const credentialFields: SettingFields = {
  access_token: {
    type: 'secret',
    title: 'Access token',
    description: 'Long-term token of the Marketing API for this advertiser.',
    required: true,
    pattern: '^[\\x21-\\x7e]+$',
  },
};
