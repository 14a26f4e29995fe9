// Which customer list of which Pinterest ad account is filled, and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { MAX_RECORDS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'mobile-advertising-id'] as const satisfies readonly IdKind[];

export interface PinterestSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly ad_account_id: string;
  readonly customer_list_id: string;
  readonly data_type: (typeof DATA_TYPES)[number];
  readonly records_per_call: number;
}

export const settingFields: SettingFields = {
  api_url: urlField('API address', 'https://api.pinterest.com/v5'),
  token_url: urlField('Token address', 'https://api.pinterest.com/v5/oauth/token'),
  ad_account_id: requiredId('Ad account id', 'The ad account that owns the list, digits alone.', '^[0-9]+$'),
  customer_list_id: requiredId('Customer list id', 'The list to fill, digits alone.', '^[0-9]+$'),
  data_type: dataTypeField(DATA_TYPES),
  records_per_call: callSizeField({ default: MAX_RECORDS_PER_CALL, max: MAX_RECORDS_PER_CALL }),
};
