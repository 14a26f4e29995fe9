// Which Custom Audience is filled, from which keys, and how the points are done that Meta's documents leave open.
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { MEMBER_KEYS, type MemberKey } from './keys.ts';

export const DATA_TYPES = ['email', 'phone', 'member', 'mobile-advertising-id', 'external-id'] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** Who collected the data: it is said of an audience when it is made. */
export const FILE_SOURCES = ['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'] as const;

export interface MetaSettings {
  readonly api_url: string;
  readonly api_version: string;
  readonly audience_id: string;
  readonly ad_account_id?: string;
  readonly customer_file_source: (typeof FILE_SOURCES)[number];
  readonly data_type: DataType;
  readonly member_keys: readonly MemberKey[];
  readonly limited_data_use: boolean;
  readonly customer_consent: 'omit' | 'send';
  readonly session_form: 'numbered' | 'id';
  readonly removal_transport: 'body' | 'query';
  readonly max_rows_per_call: number;
}
export interface MetaCredentials {
  readonly access_token: string;
  readonly app_secret?: string;
}

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Base URL of the platform API; a sandbox for trials.',
    default: 'https://graph.facebook.com',
  },
  api_version: {
    type: 'text',
    title: 'API version',
    description: 'Of the Marketing API, such as v25.0; each is switched off after about a year.',
    default: 'v25.0',
    pattern: '^v[0-9]{1,3}\\.[0-9]$',
  },
  audience_id: {
    type: 'text',
    title: 'Audience id',
    description: 'The Custom Audience to fill, made from a customer file.',
    pattern: '^[0-9]+$',
    maxLength: 20,
    required: true,
  },
  ad_account_id: {
    type: 'text',
    title: 'Ad account id',
    description: 'To list the audiences of the account and to make one, digits alone; a delivery does not need it.',
    pattern: '^[0-9]+$',
    maxLength: 20,
  },
  customer_file_source: {
    type: 'choice',
    title: 'Source of the data',
    description: 'Who collected it, as Meta asks for an audience that is made: you, partners, or both.',
    choices: FILE_SOURCES,
    default: 'BOTH_USER_AND_PARTNER_PROVIDED',
  },
  data_type: {
    type: 'choice',
    title: 'Data',
    description: 'Which data of a person is sent.',
    choices: DATA_TYPES,
    required: true,
  },
  member_keys: {
    type: 'choices',
    title: 'Keys of a member',
    description: 'Columns of the rows when the data is member; what a person lacks stays blank.',
    choices: MEMBER_KEYS,
    default: ['EMAIL', 'PHONE'],
  },
  limited_data_use: {
    type: 'boolean',
    title: 'Limited Data Use',
    description: 'Flag every row with LDU, so that Meta acts as a service provider where state law knows that.',
    default: false,
  },
  customer_consent: {
    type: 'choice',
    title: 'Customer consent',
    description:
      'Whether requests say customer_consent. Meta shows it without saying what it means; then only who agreed to advertising is sent.',
    choices: ['omit', 'send'],
    default: 'omit',
  },
  session_form: {
    type: 'choice',
    title: 'Form of sessions',
    description:
      'Whether a session is numbered (batch_seq, last_batch_flag) or named alone. A replacement is always numbered.',
    choices: ['numbered', 'id'],
    default: 'numbered',
  },
  removal_transport: {
    type: 'choice',
    title: 'Transport of removals',
    description: 'Where DELETE carries its rows: clients of Meta differ. In the query string only small batches fit.',
    choices: ['body', 'query'],
    default: 'body',
  },
  max_rows_per_call: {
    type: 'integer',
    title: 'Rows a call',
    description: 'At most 10,000.',
    default: 10_000,
    min: 3,
    max: 10_000,
  },
};

export const credentialFields: SettingFields = {
  access_token: {
    type: 'secret',
    title: 'Access token',
    description: 'Of a system user with ads_management for the ad account.',
    required: true,
    pattern: '^[\\x21-\\x7e]+$',
  },
  app_secret: {
    type: 'secret',
    title: 'App secret',
    description: 'When the app asks for a proof with each call.',
    pattern: '^[0-9a-f]+$',
  },
};

export function checkSettings(settings: MetaSettings): SettingIssue[] {
  if (settings.data_type !== 'member' || settings.member_keys.length > 1) return [];
  const hint = 'Name two keys or more, or take another data_type.';
  return [{ pointer: '/settings/member_keys', message: 'is a single key', hint }];
}
