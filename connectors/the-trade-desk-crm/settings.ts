// Which CRM segment of which advertiser is replaced, and in which region.
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { credentialFields as dataCredentials } from '../the-trade-desk/settings.ts';
import type { TokenCredentials } from '../the-trade-desk/tokens.ts';
import { MAX_ROWS, MIN_ROWS } from './limits.ts';

export const REGIONS = ['US', 'EU', 'APAC'] as const;

export interface CrmSettings {
  readonly api_url: string;
  readonly upload_hosts: string;
  readonly advertiser_id: string;
  readonly data_provider_id?: string;
  readonly crm_data_id: string;
  readonly region: (typeof REGIONS)[number];
  readonly retention: boolean;
  readonly min_rows: number;
}
export type CrmCredentials = TokenCredentials;

const id = { pattern: '^[A-Za-z0-9_-]+$', maxLength: 64 } as const;

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Base URL of the platform API; a sandbox for trials.',
    default: 'https://api.thetradedesk.com',
  },
  upload_hosts: {
    type: 'text',
    title: 'Hosts of uploads',
    description:
      'The platform hands out an address for each drop; it must lie on one of these, `*.` stands for any name below.',
    default: '*.amazonaws.com',
    pattern: '^(\\*\\.)?[a-z0-9-]+(\\.[a-z0-9-]+)+$',
    maxLength: 253,
  },
  advertiser_id: { type: 'text', title: 'Advertiser id', description: 'Whose data this is.', ...id, required: true },
  data_provider_id: {
    type: 'text',
    title: 'Data provider id',
    description: 'When a data provider sends in the name of the advertiser.',
    ...id,
  },
  crm_data_id: {
    type: 'text',
    title: 'CRM data id',
    description: 'The CRM segment to replace.',
    ...id,
    required: true,
  },
  region: {
    type: 'choice',
    title: 'Region',
    description: 'Where a segment is made that is made from here.',
    choices: REGIONS,
    default: 'EU',
  },
  retention: {
    type: 'boolean',
    title: 'Retention',
    description: 'Whether the platform may keep the digests to look for people who get a UID2 later.',
    default: false,
  },
  min_rows: {
    type: 'integer',
    title: 'Least rows',
    description: 'A smaller audience is not sent: the platform is known to refuse drops of fewer than 1,500.',
    default: MIN_ROWS,
    min: 1,
    max: MAX_ROWS,
  },
};

const { token, login, password } = dataCredentials;
export const credentialFields: SettingFields = { token: token!, login: login!, password: password! };

const WAYS = 'Give either a token, or login and password.';

export function checkSettings(_settings: CrmSettings, credentials: CrmCredentials | undefined): SettingIssue[] {
  if (credentials === undefined) return [];
  const { token: given, login: name, password: word } = credentials;
  const isLogin = name !== undefined && word !== undefined;
  const isHalf = (name === undefined) !== (word === undefined);
  if (!isHalf && isLogin !== (given !== undefined)) return [];
  return [{ pointer: '/credentials', message: 'hold no way to authenticate, or several', hint: WAYS }];
}
