// Which segment of which advertiser is filled, in which region, under which id and for how long.
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { DEFAULT_TTL_MINUTES, MAX_DATA_NAME_LENGTH, MAX_ITEMS_PER_REQUEST, MAX_TTL_MINUTES } from './limits.ts';
import { REGIONS, type Region } from './regions.ts';
import { USER_ID_NAMES, type UserIdName } from './user-id.ts';

export const REMOVALS = ['segment', 'opt-out', 'deletion'] as const;
export const TTL_FIELDS = ['TtlInMinutes', 'TTLInMinutes'] as const;

export interface TradeDeskSettings {
  readonly region: Region;
  readonly data_url?: string;
  readonly auth_url: string;
  readonly advertiser_id: string;
  readonly data_provider_id?: string;
  readonly segment_name: string;
  readonly id_name: UserIdName;
  readonly ttl_minutes: number;
  readonly ttl_field: (typeof TTL_FIELDS)[number];
  readonly removal: (typeof REMOVALS)[number];
  readonly max_items_per_request: number;
}
export interface TradeDeskCredentials {
  readonly token?: string;
  readonly login?: string;
  readonly password?: string;
  readonly advertiser_secret?: string;
  readonly provider_secret?: string;
}

const accountId = { pattern: '^[A-Za-z0-9_-]+$', maxLength: 64 } as const;

const accountFields: SettingFields = {
  region: {
    type: 'choice',
    title: 'Region',
    description: 'The data centre to send to: one alone, the platform carries the data to the others (cn apart).',
    choices: REGIONS,
    default: 'euw',
  },
  data_url: { type: 'url', title: 'Data API address', description: 'Instead of that of the region: a sandbox.' },
  auth_url: {
    type: 'url',
    title: 'API address',
    description: 'Where tokens are made from login and password.',
    default: 'https://api.thetradedesk.com',
  },
  advertiser_id: {
    type: 'text',
    title: 'Advertiser id',
    description: 'The advertiser whose first-party data this is.',
    ...accountId,
    required: true,
  },
  data_provider_id: {
    type: 'text',
    title: 'Data provider id',
    description: 'When a data provider sends in the name of the advertiser.',
    ...accountId,
  },
};

export const settingFields: SettingFields = {
  ...accountFields,
  segment_name: {
    type: 'text',
    title: 'Segment name',
    description: 'The data element that holds the audience; made by its first member.',
    maxLength: MAX_DATA_NAME_LENGTH,
    required: true,
  },
  id_name: {
    type: 'choice',
    title: 'Id',
    description: 'Under which name of the Data API the ids are sent.',
    choices: USER_ID_NAMES,
    required: true,
  },
  ttl_minutes: {
    type: 'integer',
    title: 'Lifetime',
    description: 'Minutes until a person leaves the segment by itself; The Trade Desk advises 43,200 or more.',
    default: DEFAULT_TTL_MINUTES,
    min: 1,
    max: MAX_TTL_MINUTES,
  },
  ttl_field: {
    type: 'choice',
    title: 'Spelling of the lifetime',
    description: 'The OpenAPI writes TtlInMinutes, other pages of the vendor TTLInMinutes.',
    choices: TTL_FIELDS,
    default: 'TtlInMinutes',
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description: "From this segment alone, or also a request to opt out of, or to delete, all the advertiser's data.",
    choices: REMOVALS,
    default: 'segment',
  },
  max_items_per_request: {
    type: 'integer',
    title: 'Items a request',
    description: 'Persons in one request.',
    default: MAX_ITEMS_PER_REQUEST,
    min: 1,
    max: MAX_ITEMS_PER_REQUEST,
  },
};

export const credentialFields: SettingFields = {
  token: {
    type: 'secret',
    title: 'API token',
    description: 'A long-lived token (TTD-Auth), made in the platform; a person renews it.',
    pattern: '^[\\x21-\\x7e]+$',
  },
  login: { type: 'secret', title: 'Login', description: 'Of an API user; tokens of a day are made from it.' },
  password: { type: 'secret', title: 'Password', description: 'Of the same API user.' },
  advertiser_secret: {
    type: 'secret',
    title: 'Advertiser secret',
    description: 'For the deprecated signature of bodies (TtdSignature), where it is still in use.',
  },
  provider_secret: {
    type: 'secret',
    title: 'Data provider secret',
    description: 'For the deprecated signature of a data provider (TtdSignature-dp).',
  },
};

const WAYS = 'Give either a token, or login and password, or a secret that signs.';

export function checkSettings(
  settings: TradeDeskSettings,
  credentials: TradeDeskCredentials | undefined,
): SettingIssue[] {
  const issues: SettingIssue[] = [];
  const { token, login, password, advertiser_secret, provider_secret } = credentials ?? {};
  const isLogin = login !== undefined || password !== undefined;
  const isSigned = advertiser_secret !== undefined || provider_secret !== undefined;
  const ways = [token !== undefined, isLogin, isSigned].filter(Boolean).length;
  if (ways === 0) issues.push({ pointer: '/credentials', message: 'hold no way to authenticate', hint: WAYS });
  if (ways > 1) issues.push({ pointer: '/credentials', message: 'hold several ways to authenticate', hint: WAYS });
  if (isLogin && login === undefined) issues.push({ pointer: '/credentials/login', message: 'is missing', hint: WAYS });
  if (isLogin && password === undefined) {
    issues.push({ pointer: '/credentials/password', message: 'is missing', hint: WAYS });
  }
  if (settings.segment_name.trim() === '') {
    issues.push({ pointer: '/settings/segment_name', message: 'is empty', hint: 'Name the segment.' });
  }
  if (provider_secret !== undefined && settings.data_provider_id === undefined) {
    const hint = 'Say which data provider signs.';
    issues.push({ pointer: '/settings/data_provider_id', message: 'is missing', hint });
  }
  return issues;
}
