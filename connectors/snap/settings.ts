// Which Snapchat segment is filled, and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { accountField, callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_IDS_PER_CALL, MAX_IDS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'phone', 'mobile-advertising-id'] as const satisfies readonly IdKind[];

export interface SnapSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly segment_id: string;
  readonly ad_account_id?: string;
  readonly data_type: (typeof DATA_TYPES)[number];
  readonly ids_per_call: number;
}

export const settingFields: SettingFields = {
  api_url: urlField('API address', 'https://adsapi.snapchat.com/v1'),
  token_url: urlField('Token address', 'https://accounts.snapchat.com/login/oauth2/access_token'),
  segment_id: requiredId('Segment id', 'The customer-list segment to fill.', '^[0-9A-Za-z-]+$'),
  ad_account_id: accountField('Ad account id'),
  data_type: dataTypeField(DATA_TYPES),
  ids_per_call: callSizeField({ default: DEFAULT_IDS_PER_CALL, max: MAX_IDS_PER_CALL }),
};
