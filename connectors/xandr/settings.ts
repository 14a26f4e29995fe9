// What a member tells us about its Xandr seat: where, which segment, and the file layout agreed with the platform.
import { pointer, type SettingFields, type SettingIssue } from '../kit/settings.ts';
import { DEVICE_DOMAINS, type DeviceDomain, layoutFaults, SEGMENT_FIELDS, type SegmentField } from './legacy-line.ts';
import { MAX_EXPIRATION_MINUTES, MAX_FILE_BYTES, RECOMMENDED_FILE_BYTES } from './limits.ts';
import { layoutOf } from './payload.ts';

export interface XandrSettings {
  readonly api_url: string;
  readonly member_id: number;
  readonly segment_id?: number;
  readonly segment_code?: string;
  readonly expiration_minutes: number;
  readonly value: number;
  readonly id_type: 'xandr-user-id' | 'mobile-advertising-id';
  readonly device_domain?: DeviceDomain;
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
  readonly username: string;
  readonly password: string;
}

export const XANDR_API_URL = 'https://api.appnexus.com';
const MAX_INT32 = 2_147_483_647;

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
    description: 'The segment to fill, by number.',
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
    choices: ['xandr-user-id', 'mobile-advertising-id'],
    default: 'xandr-user-id',
  },
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
  username: { type: 'text', title: 'User name', description: 'An API user of the seat.', required: true },
  password: { type: 'secret', title: 'Password', description: 'Its password.', required: true },
};

export function checkSettings(settings: XandrSettings): SettingIssue[] {
  const issues: SettingIssue[] = [];
  const fault = (name: string, message: string, hint: string): number =>
    issues.push({ pointer: `/settings${pointer(name)}`, message, hint });
  for (const { at, message } of layoutFaults(layoutOf(settings))) {
    fault(
      at === 0 ? 'segment_fields' : `separator_${at}`,
      message,
      'Take the layout that the platform configured for your member.',
    );
  }
  const byId = settings.segment_fields.includes('SEG_ID');
  if (byId && settings.segment_id === undefined) fault('segment_id', 'is missing', 'segment_fields holds SEG_ID.');
  if (!byId && settings.segment_code === undefined)
    fault('segment_code', 'is missing', 'segment_fields holds SEG_CODE.');
  if (settings.segment_id !== undefined && settings.segment_code !== undefined) {
    fault('segment_code', 'stands beside segment_id', 'Name the segment in one way.');
  }
  const separators = layoutOf(settings).separators;
  if (separators.some((one) => settings.segment_code?.includes(one))) {
    fault('segment_code', 'holds a separator', 'Choose a code without the separators of the layout.');
  }
  if (settings.removal === 'expiration' && !settings.segment_fields.includes('EXPIRATION')) {
    fault('removal', 'needs the field EXPIRATION', 'Add EXPIRATION to segment_fields or remove by separator_4.');
  }
  if (settings.id_type === 'mobile-advertising-id' && settings.device_domain === undefined) {
    fault('device_domain', 'is missing', 'Say what the mobile advertising ids are, such as idfa or aaid.');
  }
  return issues;
}
