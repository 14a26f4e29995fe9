// Which field of a visitor's map holds the audience, for how long, and how somebody leaves it.
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import {
  DEFAULT_TTL_HOURS,
  MAX_FIELD_LENGTH,
  MAX_KEY_LENGTH,
  MAX_KEYS_PER_REQUEST,
  MAX_TTL_HOURS,
  MAX_VALUE_LENGTH,
} from './limits.ts';

export const REMOVALS = ['key', 'field', 'forget'] as const;

export interface KameleoonSettings {
  readonly api_url: string;
  readonly token_url: string;
  readonly site_code: string;
  readonly field: string;
  readonly value?: string;
  readonly key_prefix?: string;
  readonly ttl_hours: number;
  readonly removal: (typeof REMOVALS)[number];
  readonly user_agent: string;
  readonly max_keys_per_request: number;
}
export interface KameleoonCredentials {
  readonly client_id?: string;
  readonly client_secret?: string;
}

const audienceFields: SettingFields = {
  field: {
    type: 'text',
    title: 'Field',
    description: "The field of a visitor's map that says that the visitor is in the audience.",
    maxLength: MAX_FIELD_LENGTH,
    required: true,
  },
  value: {
    type: 'text',
    title: 'Value',
    description: 'What the field holds, as a text; without it the field is true.',
    maxLength: MAX_VALUE_LENGTH,
  },
  key_prefix: {
    type: 'text',
    title: 'Key prefix',
    description: 'Stands before the id in each key, so that audiences do not share a map: `hikers-` for example.',
    maxLength: MAX_KEY_LENGTH - 1,
    pattern: '^[\\x21-\\x7e]+$',
  },
  ttl_hours: {
    type: 'integer',
    title: 'Lifetime',
    description: "Hours until a key goes by itself; the platform's own default is 2,208.",
    default: DEFAULT_TTL_HOURS,
    min: 1,
    max: MAX_TTL_HOURS,
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description:
      'The whole key, the field alone (older documentation), or the key and all that is known of the visitor.',
    choices: REMOVALS,
    default: 'key',
  },
};

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'Data API address',
    description: 'Base URL of the Data API; a sandbox for trials.',
    default: 'https://eu-data.kameleoon.io',
  },
  token_url: {
    type: 'url',
    title: 'Token address',
    description: 'Where access tokens are made.',
    default: 'https://api.kameleoon.com/oauth/token',
  },
  site_code: {
    type: 'text',
    title: 'Site code',
    description: 'Of the Kameleoon project: ten lower-case letters and digits.',
    pattern: '^[a-z0-9]{10}$',
    required: true,
  },
  ...audienceFields,
  user_agent: {
    type: 'text',
    title: 'User agent',
    description: 'Requests that look like those of a bot or of a library are refused.',
    default: 'ecluse/1.0',
    pattern: '^[\\x21-\\x7e][\\x20-\\x7e]*$',
    maxLength: 200,
  },
  max_keys_per_request: {
    type: 'integer',
    title: 'Keys a request',
    description: 'Visitors in one request.',
    default: MAX_KEYS_PER_REQUEST,
    min: 1,
    max: MAX_KEYS_PER_REQUEST,
  },
};

export const credentialFields: SettingFields = {
  client_id: {
    type: 'secret',
    title: 'Client id',
    description: 'Of an API client, where the project asks for tokens.',
  },
  client_secret: { type: 'secret', title: 'Client secret', description: 'Of the same API client.' },
};

export function checkSettings(
  settings: KameleoonSettings,
  credentials: KameleoonCredentials | undefined,
): SettingIssue[] {
  const { client_id, client_secret } = credentials ?? {};
  const issues: SettingIssue[] = [];
  const hint = 'Give both, or neither where the project asks for no token.';
  if (client_id !== undefined && client_secret === undefined) {
    issues.push({ pointer: '/credentials/client_secret', message: 'is missing', hint });
  }
  if (client_id === undefined && client_secret !== undefined) {
    issues.push({ pointer: '/credentials/client_id', message: 'is missing', hint });
  }
  if (settings.field.trim() === '') {
    issues.push({ pointer: '/settings/field', message: 'is empty', hint: 'Name the field.' });
  }
  return issues;
}
