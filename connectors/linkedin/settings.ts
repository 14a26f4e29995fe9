// Which LinkedIn DMP segment is filled, and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { accountField, callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { MAX_USERS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'google-advertising-id'] as const;
export type DataType = (typeof DATA_TYPES)[number];

export const KINDS: Readonly<Record<DataType, IdKind>> = {
  email: 'email',
  'google-advertising-id': 'mobile-advertising-id',
};

export interface LinkedinSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly api_version: string;
  readonly segment_id: string;
  readonly account_id?: string;
  readonly data_type: DataType;
  readonly users_per_call: number;
}

export const settingFields: SettingFields = {
  api_url: urlField('API address', 'https://api.linkedin.com/rest'),
  token_url: urlField('Token address', 'https://www.linkedin.com/oauth/v2/accessToken'),
  api_version: requiredId(
    'API version',
    'Year and month, such as 202606; each version ends after about a year.',
    '^20[0-9]{2}(0[1-9]|1[0-2])$',
  ),
  segment_id: requiredId('Segment id', 'The DMP segment of users to fill, digits alone.', '^[0-9]+$'),
  account_id: accountField('Sponsored account id'),
  data_type: dataTypeField(DATA_TYPES),
  users_per_call: callSizeField({ default: MAX_USERS_PER_CALL, max: MAX_USERS_PER_CALL }),
};
