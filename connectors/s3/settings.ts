// Which bucket, at which endpoint, under which keys; and how the store is to encrypt what it keeps.
import { type FormSettings, formFields } from '../file-drop/settings.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';

export interface S3Settings extends FormSettings {
  readonly endpoint_url?: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly addressing: 'virtual-host' | 'path';
  readonly encryption: 'AES256' | 'aws:kms' | 'bucket-default';
  readonly kms_key_id?: string;
}

export interface S3Credentials {
  readonly access_key_id: string;
  readonly secret_access_key: string;
  readonly session_token?: string;
}

export const settingFields: SettingFields = {
  endpoint_url: {
    type: 'url',
    title: 'Endpoint',
    description: 'Of a store that is compatible with S3. Left out, it is that of Amazon S3 in the region.',
  },
  region: {
    type: 'text',
    title: 'Region',
    description: 'Such as eu-west-3; a compatible store says what it wants, often us-east-1.',
    required: true,
    pattern: '^[a-z0-9][a-z0-9-]{1,40}$',
  },
  bucket: {
    type: 'text',
    title: 'Bucket',
    description: '3 to 63 lower-case letters, digits, dots and dashes, beginning and ending with a letter or digit.',
    required: true,
    pattern: '^(?!.*\\.\\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
  },
  prefix: {
    type: 'text',
    title: 'Prefix',
    description: 'Before each name, parted by /: names of letters, digits, dot, dash, underscore and equals sign.',
    default: '',
    pattern: '^([A-Za-z0-9_=][A-Za-z0-9._=-]*(/[A-Za-z0-9_=][A-Za-z0-9._=-]*){0,15})?$',
    maxLength: 500,
  },
  addressing: {
    type: 'choice',
    title: 'Addressing',
    description: 'The bucket in the host name, as Amazon wants it, or in the path, as many compatible stores do.',
    choices: ['virtual-host', 'path'],
    default: 'virtual-host',
  },
  encryption: {
    type: 'choice',
    title: 'Encryption at rest',
    description: 'What the store is asked to do with each object: AES256, a key of KMS, or what the bucket says.',
    choices: ['AES256', 'aws:kms', 'bucket-default'],
    default: 'AES256',
  },
  kms_key_id: {
    type: 'text',
    title: 'KMS key',
    description: 'Id, alias or ARN of the key, with encryption aws:kms alone.',
    pattern: '^[A-Za-z0-9:/_-]{1,2048}$',
  },
  ...formFields,
};

export const credentialFields: SettingFields = {
  access_key_id: {
    type: 'secret',
    title: 'Access key id',
    description: 'Of an account that may only put objects here.',
    required: true,
    pattern: '^[\\w./+=-]{3,128}$',
  },
  secret_access_key: {
    type: 'secret',
    title: 'Secret access key',
    description: 'Belongs to the access key id.',
    required: true,
    pattern: '^[!-~]{3,256}$',
  },
  session_token: {
    type: 'secret',
    title: 'Session token',
    description: 'With temporary credentials alone.',
    pattern: '^[!-~]{1,2048}$',
  },
};

export function checkSettings(settings: S3Settings): SettingIssue[] {
  const issues: SettingIssue[] = [];
  if ((settings.kms_key_id !== undefined) !== (settings.encryption === 'aws:kms')) {
    issues.push({
      pointer: '/settings/kms_key_id',
      message: 'does not go with the encryption',
      hint: 'Give a key with encryption aws:kms, and only then.',
    });
  }
  const url = endpointOf(settings);
  if (url.pathname !== '/' || url.search !== '') {
    issues.push({
      pointer: '/settings/endpoint_url',
      message: 'has a path',
      hint: 'Give scheme, host and port alone.',
    });
  }
  if (settings.addressing === 'virtual-host' && settings.bucket.includes('.')) {
    issues.push({
      pointer: '/settings/addressing',
      message: 'no certificate covers a bucket with dots in the host name',
      hint: 'Use addressing path.',
    });
  }
  return issues;
}

export const endpointOf = ({ endpoint_url, region }: Pick<S3Settings, 'endpoint_url' | 'region'>): URL =>
  new URL(endpoint_url ?? `https://s3.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`);

export const hostOf = (settings: Pick<S3Settings, 'endpoint_url' | 'region' | 'bucket' | 'addressing'>): string => {
  const { hostname } = endpointOf(settings);
  return settings.addressing === 'path' ? hostname : `${settings.bucket}.${hostname}`;
};
