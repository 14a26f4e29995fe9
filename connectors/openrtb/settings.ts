// What a bidder is told of a person in the audience: under whose name, in which taxonomy, and by which kind of id.
import { ACTIVATION_ID_TYPES, type ActivationIdType } from '../../identifiers/identifier.ts';
import type { SettingFields, SettingIssue } from '../kit/settings.ts';
import { parseSigningKey } from '../webhook/signing-key.ts';
import { DEFAULT_ROWS_PER_BATCH, MAX_ROWS_PER_BATCH } from './limits.ts';

export interface OpenrtbSettings {
  readonly data_name: string;
  readonly segtax: number;
  readonly segment_id: string;
  readonly eid_source: string;
  readonly eid_atype: number;
  readonly id_type: ActivationIdType;
  readonly max_rows_per_batch: number;
}
export interface OpenrtbCredentials {
  readonly signing_key: string;
}

const domain = {
  pattern: '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$',
  maxLength: 253,
} as const;

/** Sealed digests mean nothing in an auction. */
const ID_TYPES = ACTIVATION_ID_TYPES.filter((type) => type !== 'platform-digest');

export const settingFields: SettingFields = {
  data_name: {
    type: 'text',
    title: 'Name of the data',
    description: 'Domain of whoever vouches for the segment, as `user.data.name` has it.',
    required: true,
    ...domain,
  },
  segtax: {
    type: 'integer',
    title: 'Taxonomy',
    description: "The IAB's number of the taxonomy: 4 is the Audience Taxonomy 1.1, a vendor's own is 500 or more.",
    default: 4,
    min: 1,
    max: 9_999,
  },
  segment_id: {
    type: 'text',
    title: 'Segment',
    description: 'Id of the audience in that taxonomy, as `user.data.segment.id` has it.',
    required: true,
    pattern: '^[A-Za-z0-9._-]{1,64}$',
  },
  eid_source: {
    type: 'text',
    title: 'Source of the ids',
    description: 'Whose ids the bidder asks by, as `user.eids.source` has it, such as uidapi.com.',
    required: true,
    ...domain,
  },
  eid_atype: {
    type: 'integer',
    title: 'Type of agent',
    description: '`user.eids.uids.atype`: 1 a device or browser, 2 an app, 3 a person, 500 and more a vendor’s own.',
    default: 3,
    min: 1,
    max: 9_999,
  },
  id_type: {
    type: 'choice',
    title: 'Id type',
    description: 'Which activation ids the bidder knows people by.',
    choices: ID_TYPES,
    required: true,
  },
  max_rows_per_batch: {
    type: 'integer',
    title: 'Rows per batch',
    description: 'So many changes are held in memory and merged into the members at once.',
    default: DEFAULT_ROWS_PER_BATCH,
    min: 1,
    max: MAX_ROWS_PER_BATCH,
  },
};

const KEY_FORM = 'whsec_ with 24 to 64 bytes in base64';

export const credentialFields: SettingFields = {
  signing_key: {
    type: 'secret',
    title: 'Signing key',
    description: `Signs what the bidder asks and what it is answered; the bidder has the same: ${KEY_FORM}.`,
    required: true,
  },
};

/** Unique ids of the Audience Taxonomy 1.1. */
const AUDIENCE_TAXONOMY = { segtax: 4, greatestId: 1_558 } as const;

export function checkSettings(settings: OpenrtbSettings, credentials: OpenrtbCredentials | undefined): SettingIssue[] {
  const issues: SettingIssue[] = [];
  const { segtax, segment_id } = settings;
  const id = /^[1-9]\d{0,3}$/.test(segment_id) ? Number(segment_id) : 0;
  if (segtax === AUDIENCE_TAXONOMY.segtax && (id < 1 || id > AUDIENCE_TAXONOMY.greatestId)) {
    const hint = 'Give a Unique ID of its table, from 1 to 1558, or another segtax.';
    issues.push({ pointer: '/settings/segment_id', message: 'is not in the Audience Taxonomy 1.1', hint });
  }
  // A key of which the other side holds only the public half could not sign requests.
  if (credentials !== undefined && parseSigningKey(credentials.signing_key)?.scheme !== 'v1') {
    issues.push({ pointer: '/credentials/signing_key', message: 'is no signing key', hint: `Give ${KEY_FORM}.` });
  }
  return issues;
}
