// What a member tells us about its Xandr seat: where, which segment, and the file layout agreed with the platform.
import type { SettingFields } from '../kit/settings.ts';
import { DEVICE_DOMAINS, type DeviceDomain, SEGMENT_FIELDS, type SegmentField } from './legacy-line.ts';
import { MAX_EXPIRATION_MINUTES, MAX_FILE_BYTES, MAX_STREAMED_USERS, RECOMMENDED_FILE_BYTES } from './limits.ts';

export interface XandrSettings {
  readonly api_url: string;
  readonly member_id: number;
  readonly segment_id?: number;
  readonly segment_code?: string;
  readonly expiration_minutes: number;
  readonly value: number;
  readonly way: (typeof WAYS)[number];
  readonly file_form: 'legacy' | 'avro';
  readonly avro_schema?: string;
  readonly id_type: (typeof ID_TYPES)[number];
  readonly device_domain?: DeviceDomain;
  readonly eid_source?: string;
  readonly streaming_url: string;
  readonly max_users_per_request: number;
  readonly drop_region?: (typeof DROP_REGIONS)[number];
  readonly drop_url?: string;
  readonly removal: 'expiration' | 'separator_4';
  readonly segment_fields: readonly SegmentField[];
  readonly separator_1: string;
  readonly separator_2: string;
  readonly separator_3: string;
  readonly separator_4: string;
  readonly separator_5: string;
  readonly gzip: boolean;
  readonly max_file_bytes: number;
}
export interface XandrCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly private_key?: string;
  readonly key_name?: string;
  readonly access_key_id?: string;
  readonly secret_access_key?: string;
}

export const ID_TYPES = ['xandr-user-id', 'mobile-advertising-id', 'ppid', 'uid2'] as const;
/** batch: the Batch Segment Service's upload jobs; streaming: its Instant Audience Service; s3-drop: its passive bucket. */
export const WAYS = ['batch', 'streaming', 's3-drop'] as const;
export const DROP_REGIONS = ['us-east-2', 'us-west-2', 'eu-north-1', 'eu-west-1'] as const;

export const XANDR_API_URL = 'https://api.appnexus.com';
const MAX_INT32 = 2_147_483_647;

const wayFields: SettingFields = {
  way: {
    type: 'choice',
    title: 'Way',
    description: 'Upload jobs of the Batch Segment Service, its streaming service (by invitation), or its bucket.',
    choices: WAYS,
    default: 'batch',
  },
  file_form: {
    type: 'choice',
    title: 'File form',
    description: 'Legacy lines, or Avro, which ids of publishers and UID2 need.',
    choices: ['legacy', 'avro'],
    default: 'legacy',
  },
  avro_schema: {
    type: 'text',
    title: 'Avro schema',
    description: 'The schema registered for your member, as JSON, where it is not the platform’s own.',
    maxLength: 20_000,
  },
  eid_source: {
    type: 'text',
    title: 'Source of ids',
    description: 'Sends ids as extended ids of this source, such as liveramp.com; UID2 has uidapi.com.',
    pattern: '^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$',
  },
  streaming_url: {
    type: 'url',
    title: 'Streaming address',
    description: 'Of the streaming service; a sandbox for trials.',
    default: 'https://streaming-data.appnexus.com',
  },
  max_users_per_request: {
    type: 'integer',
    title: 'Users a request',
    description: 'Of the streaming service, which takes 1,000 users a second; one request goes out each second.',
    default: MAX_STREAMED_USERS,
    min: 1,
    max: MAX_STREAMED_USERS,
  },
  drop_region: {
    type: 'choice',
    title: 'Region of the bucket',
    description: 'Where the platform keeps the bucket of your member; due with way s3-drop.',
    choices: DROP_REGIONS,
  },
  drop_url: { type: 'url', title: 'Address of the bucket', description: 'Instead of Amazon’s: a sandbox.' },
};

const separator = (number: number, fallback: string, between: string) =>
  ({
    type: 'text',
    title: `Separator ${number}`,
    description: `One character ${between}.`,
    default: fallback,
    maxLength: 1,
  }) as const;

export const settingFields: SettingFields = {
  api_url: {
    type: 'url',
    title: 'API address',
    description: 'Base URL of the platform API; a sandbox for trials.',
    default: XANDR_API_URL,
  },
  member_id: {
    type: 'integer',
    title: 'Member id',
    description: 'The number of your seat.',
    required: true,
    min: 1,
    max: MAX_INT32,
  },
  segment_id: {
    type: 'integer',
    title: 'Segment id',
    description: 'The segment to fill, by number; may be chosen later from those of the member.',
    min: 1,
    max: MAX_INT32,
  },
  segment_code: {
    type: 'text',
    title: 'Segment code',
    description: 'The segment to fill, by its code of at most 50 Latin-1 characters; instead of segment_id.',
    pattern: '^[\\u0020-\\u007e\\u00a0-\\u00ff]+$',
    maxLength: 50,
  },
  expiration_minutes: {
    type: 'integer',
    title: 'Expiration',
    description: 'Minutes until a membership ends; 0 is the longest the platform has, 180 days.',
    default: 0,
    min: 0,
    max: MAX_EXPIRATION_MINUTES,
  },
  value: {
    type: 'integer',
    title: 'Value',
    description: 'Value of each membership, 0 for none.',
    default: 0,
    min: 0,
    max: MAX_INT32,
  },
  id_type: {
    type: 'choice',
    title: 'Id type',
    description: 'Which activation ids are sent.',
    choices: ID_TYPES,
    default: 'xandr-user-id',
  },
  ...wayFields,
  device_domain: {
    type: 'choice',
    title: 'Device domain',
    description: 'What the mobile advertising ids are; due with that id type.',
    choices: Object.keys(DEVICE_DOMAINS),
  },
  removal: {
    type: 'choice',
    title: 'Removal',
    description: 'Remove with an expiration of -1, or with segments after separator 4.',
    choices: ['expiration', 'separator_4'],
    default: 'expiration',
  },
  segment_fields: {
    type: 'choices',
    title: 'Segment fields',
    description: 'Fields of a segment in the order agreed with the platform.',
    choices: SEGMENT_FIELDS,
    default: ['SEG_ID', 'EXPIRATION', 'VALUE'],
  },
  separator_1: separator(1, ';', 'between the user and the first segment'),
  separator_2: separator(2, ',', 'between segments'),
  separator_3: separator(3, ':', 'between the fields of a segment'),
  separator_4: separator(4, '\t', 'before the segments to remove'),
  separator_5: separator(5, '^', 'before the domain of a device id'),
  gzip: { type: 'boolean', title: 'Compress', description: 'Send files packed with gzip.', default: true },
  max_file_bytes: {
    type: 'integer',
    title: 'Largest file',
    description:
      'Bytes of a file before packing; the platform takes at most 500,000,000 and recommends 100 to 300 million.',
    default: RECOMMENDED_FILE_BYTES,
    min: 1_000,
    max: MAX_FILE_BYTES,
  },
};

export const credentialFields: SettingFields = {
  username: { type: 'text', title: 'User name', description: 'An API user of the seat.' },
  password: { type: 'secret', title: 'Password', description: 'Of the API user; or a key in its place.' },
  private_key: {
    type: 'secret',
    title: 'Private key',
    description: 'RSA, in PEM, whose public half is registered for the API user; signs a token in place of a password.',
    maxLength: 8_192,
  },
  key_name: {
    type: 'text',
    title: 'Key name',
    description: 'Under which the public key was registered.',
    maxLength: 200,
  },
  access_key_id: { type: 'secret', title: 'Access key id', description: 'Of the bucket, with way s3-drop alone.' },
  secret_access_key: { type: 'secret', title: 'Secret access key', description: 'Belongs to the access key id.' },
};
