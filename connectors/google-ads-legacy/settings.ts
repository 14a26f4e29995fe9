// Which user list of which Google Ads account is filled, and from which data.
import {
  credentialFaults,
  type GoogleCredentials,
  googleCredentialFields,
  tokenUrlField,
} from '../google/credentials.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { MAX_OPERATIONS_PER_JOB } from './limits.ts';

export const DATA_TYPES = ['email', 'phone', 'member', 'mobile-advertising-id', 'user-id'] as const;
export type DataType = (typeof DATA_TYPES)[number];

export interface GoogleAdsSettings {
  readonly api_url: string;
  readonly api_version: string;
  readonly token_url: string;
  readonly customer_id: string;
  readonly login_customer_id?: string;
  readonly user_list_id: string;
  readonly app_id?: string;
  readonly data_type: DataType;
  readonly ad_personalization_purpose: 'personalisation' | 'advertising';
  readonly max_operations_per_job: number;
}
export interface GoogleAdsCredentials extends GoogleCredentials {
  readonly developer_token: string;
}

const digits = (title: string, description: string, required = false) =>
  ({ type: 'text', title, description, pattern: '^[0-9]+$', maxLength: 20, required }) as const;

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Base URL of the platform API; a sandbox for trials.',
    default: 'https://googleads.googleapis.com',
  },
  api_version: {
    type: 'text',
    title: 'API version',
    description: 'Of the Google Ads API, such as v25; each is switched off after about a year.',
    default: 'v25',
    pattern: '^v[0-9]{1,3}$',
  },
  token_url: tokenUrlField,
  customer_id: digits('Customer id', 'The Google Ads account, digits alone.', true),
  login_customer_id: digits('Login customer id', 'The manager account that gives access, digits alone.'),
  user_list_id: digits('User list id', 'The Customer Match list to fill.', true),
  app_id: {
    type: 'text',
    title: 'App id',
    description: 'Of the app that mobile ids come from, as its store names it; to make a list of such ids.',
    pattern: '^[A-Za-z0-9._-]+$',
    maxLength: 200,
  },
  data_type: {
    type: 'choice',
    title: 'Data',
    description: 'Which data of a person is sent; a list takes contact data, mobile ids or own ids.',
    choices: DATA_TYPES,
    required: true,
  },
  ad_personalization_purpose: {
    type: 'choice',
    title: 'Purpose of personalised ads',
    description: 'The purpose that your consent text means by personalised advertising: it becomes adPersonalization.',
    choices: ['personalisation', 'advertising'],
    default: 'personalisation',
  },
  max_operations_per_job: {
    type: 'integer',
    title: 'Operations a job',
    description: 'Persons in one job.',
    default: MAX_OPERATIONS_PER_JOB,
    min: 1,
    max: MAX_OPERATIONS_PER_JOB,
  },
};

export const credentialFields: SettingFields = {
  developer_token: {
    type: 'secret',
    title: 'Developer token',
    description: 'One that has uploaded Customer Match data before April 2026.',
    required: true,
    pattern: '^[A-Za-z0-9_-]+$',
  },
  ...googleCredentialFields,
};

export function checkSettings(
  _settings: GoogleAdsSettings,
  credentials: GoogleAdsCredentials | undefined,
): SettingIssue[] {
  return credentialFaults(credentials);
}
