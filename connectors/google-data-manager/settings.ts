// Which audience of which Google account is filled, from which data, under which terms.
import { credentialFaults, type GoogleCredentials, tokenUrlField } from '../google/credentials.ts';
import { pointer, type SettingFields, type SettingIssue } from '../kit/settings.ts';
import { MAX_MEMBERS_PER_REQUEST } from './limits.ts';

export const ACCOUNT_TYPES = [
  'GOOGLE_ADS',
  'DISPLAY_VIDEO_PARTNER',
  'DISPLAY_VIDEO_ADVERTISER',
  'DATA_PARTNER',
  'GOOGLE_ANALYTICS_PROPERTY',
  'GOOGLE_AD_MANAGER_AUDIENCE_LINK',
] as const;
export const DATA_TYPES = [
  'email',
  'phone',
  'member',
  'composite',
  'mobile-advertising-id',
  'user-id',
  'ppid',
  'pair-id',
] as const;
export type DataType = (typeof DATA_TYPES)[number];
type AccountType = (typeof ACCOUNT_TYPES)[number];

export interface DataManagerSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly account_type: AccountType;
  readonly account_id: string;
  readonly login_account_type?: AccountType;
  readonly login_account_id?: string;
  readonly linked_account_type?: AccountType;
  readonly linked_account_id?: string;
  readonly audience_id: string;
  readonly data_type: DataType;
  readonly encoding: 'HEX' | 'BASE64';
  readonly customer_match_terms: 'ACCEPTED' | 'REJECTED' | 'unsaid';
  readonly ad_personalization_purpose: 'personalisation' | 'advertising';
  readonly max_members_per_request: number;
}
export type { GoogleCredentials };

export const DATA_MANAGER_API_URL = 'https://datamanager.googleapis.com';

const accountId = (title: string, description: string, required = false) =>
  ({ type: 'text', title, description, pattern: '^[0-9]+$', maxLength: 20, required }) as const;
const accountType = (title: string, description: string, required = false) =>
  ({ type: 'choice', title, description, choices: ACCOUNT_TYPES, required }) as const;

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Base URL of the platform API; a sandbox for trials.',
    default: DATA_MANAGER_API_URL,
  },
  token_url: tokenUrlField,
  account_type: accountType('Account type', 'Of the account that has the audience.', true),
  account_id: accountId('Account id', 'Of the account that has the audience, digits alone.', true),
  login_account_type: accountType('Login account type', 'Of the account that the credentials belong to, if another.'),
  login_account_id: accountId('Login account id', 'Of the account that the credentials belong to, if another.'),
  linked_account_type: accountType('Linked account type', 'Of an account linked between the two, if there is one.'),
  linked_account_id: accountId('Linked account id', 'Of an account linked between the two, if there is one.'),
  audience_id: accountId('Audience id', 'The user list to fill.', true),
  data_type: {
    type: 'choice',
    title: 'Data',
    description: 'Which data of a person is sent; a user list takes one type.',
    choices: DATA_TYPES,
    required: true,
  },
  encoding: {
    type: 'choice',
    title: 'Encoding',
    description: 'How digests are written.',
    choices: ['HEX', 'BASE64'],
    default: 'HEX',
  },
  customer_match_terms: {
    type: 'choice',
    title: 'Customer Match terms',
    description: 'Whether you have accepted the Customer Match terms of service; nobody can say that for you.',
    choices: ['ACCEPTED', 'REJECTED', 'unsaid'],
    default: 'unsaid',
  },
  ad_personalization_purpose: {
    type: 'choice',
    title: 'Purpose of personalised ads',
    description: 'The purpose that your consent text means by personalised advertising: it becomes adPersonalization.',
    choices: ['personalisation', 'advertising'],
    default: 'personalisation',
  },
  max_members_per_request: {
    type: 'integer',
    title: 'Members a request',
    description: 'At most 10,000.',
    default: MAX_MEMBERS_PER_REQUEST,
    min: 1,
    max: MAX_MEMBERS_PER_REQUEST,
  },
};

export function checkSettings(
  settings: DataManagerSettings,
  credentials: GoogleCredentials | undefined,
): SettingIssue[] {
  const issues: SettingIssue[] = [];
  for (const account of ['login_account', 'linked_account'] as const) {
    const [type, id] = [settings[`${account}_type`], settings[`${account}_id`]];
    if ((type === undefined) === (id === undefined)) continue;
    const missing = type === undefined ? `${account}_type` : `${account}_id`;
    issues.push({
      pointer: `/settings${pointer(missing)}`,
      message: 'is missing',
      hint: 'Give type and id, or neither.',
    });
  }
  if (settings.data_type === 'pair-id' && settings.login_account_type !== 'DATA_PARTNER') {
    const hint = 'PAIR ids are taken from data partners alone.';
    issues.push({ pointer: '/settings/login_account_type', message: 'is not DATA_PARTNER', hint });
  }
  return [...issues, ...credentialFaults(credentials)];
}
