// Which audience of Amazon Marketing Cloud is filled, from which country's people and by which kind of identifier.
import type { IdKind } from '../customer-list/id-kind.ts';
import { callSizeField, dataTypeField, requiredId, urlField } from '../customer-list/setting-fields.ts';
import type { SettingFields } from '../kit/settings.ts';
import { DEFAULT_RECORDS_PER_CALL, MAX_RECORDS_PER_CALL } from './limits.ts';

export const DATA_TYPES = ['email', 'phone'] as const satisfies readonly IdKind[];

export interface AmazonAmcSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly audience_id: string;
  readonly advertiser_id?: string;
  readonly connection_id?: string;
  readonly country_code: string;
  readonly data_type: (typeof DATA_TYPES)[number];
  readonly records_per_call: number;
}

const placeField = (title: string, what: string, pattern: string) =>
  ({
    type: 'text',
    title,
    description: `${what} that a new audience is made for; a delivery does not need it.`,
    pattern,
  }) as const;

export const settingFields: SettingFields = {
  api_url: urlField('API address of your region', 'https://advertising-api-eu.amazon.com'),
  token_url: urlField('Token address', 'https://api.amazon.com/auth/o2/token'),
  audience_id: requiredId('Audience id', 'The audience to fill, digits alone.', '^[1-9][0-9]{0,18}$'),
  advertiser_id: placeField('Advertiser id', 'The advertiser of Amazon DSP', '^[1-9][0-9]{0,18}$'),
  connection_id: placeField('Connection id', 'The connection of AMC with Amazon DSP', '^[0-9a-f-]{36}$'),
  country_code: requiredId('Country', 'Where the people of this audience are, such as DE.', '^[A-Z]{2}$'),
  data_type: dataTypeField(DATA_TYPES),
  records_per_call: callSizeField({ default: DEFAULT_RECORDS_PER_CALL, max: MAX_RECORDS_PER_CALL }),
};
