// Rows and sessions of Custom Audience calls, built from a batch. Pure.
import { createHash } from 'node:crypto';
import type { Batch, BatchRules } from '../kit/batches.ts';
import { consentState } from '../kit/consent.ts';
import { RowError } from '../kit/errors.ts';
import { type Member, parseMember } from '../kit/member.ts';
import type { SessionPlace } from '../kit/upload-session.ts';
import { FIELD_OF_KEY, isDigestKey, isHexDigest, isMobileId, type MemberKey } from './keys.ts';
import { ENVELOPE_BYTES, MAX_BODY_BYTES, MAX_QUERY_BYTES, MAX_TEXT_ID_LENGTH, MAX_VALUES_PER_KEY } from './limits.ts';
import type { MetaSettings } from './settings.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A row of a single schema is a text, of a list of keys a list. */
export type Row = string | readonly (string | readonly string[])[];

export interface Rows {
  readonly removed: readonly Row[];
  readonly added: readonly Row[];
  /** Left out because the person did not agree, or because nobody knows and the call would claim it. */
  readonly withheld: Readonly<Record<'consent_denied' | 'consent_missing', number>>;
}

export function batchRules(settings: MetaSettings): BatchRules {
  const isMember = settings.data_type === 'member';
  const inQuery = settings.removal_transport === 'query';
  return {
    checkRow: (id) => {
      const fault = faultOf(id, settings);
      return fault === undefined ? undefined : new RowError(fault);
    },
    // Percent-encoded, quotes and commas take three bytes each, and a member may make several rows of blanks.
    rowBytes: (id) => Buffer.byteLength(id) * (inQuery ? 3 : 2) + (isMember ? 300 : 40),
    maxRows: isMember ? Math.floor(settings.max_rows_per_call / MAX_VALUES_PER_KEY) : settings.max_rows_per_call,
    maxBytes: (inQuery ? MAX_QUERY_BYTES : MAX_BODY_BYTES) - ENVELOPE_BYTES,
    idForm: 'text',
    inSessions: true,
  };
}

function faultOf(id: string, { data_type, member_keys }: MetaSettings): string | undefined {
  switch (data_type) {
    case 'email':
    case 'phone':
      return isHexDigest(id) ? undefined : 'digest_malformed';
    case 'mobile-advertising-id':
      return isMobileId(id.toLowerCase()) ? undefined : 'id_invalid';
    case 'external-id':
      return isExternalId(id) ? undefined : 'id_invalid';
    case 'member':
      return memberFault(parseMember(id), member_keys);
  }
}

function memberFault(member: Member | undefined, keys: readonly MemberKey[]): string | undefined {
  if (member === undefined) return 'member_malformed';
  let known = 0;
  for (const key of keys) {
    const values = member[FIELD_OF_KEY[key]] ?? [];
    known += values.length;
    if (values.length > MAX_VALUES_PER_KEY) return 'too_many_identifiers';
    if (isDigestKey(key) && !values.every(isHexDigest)) return 'digest_malformed';
    if (key === 'MADID' && !values.every((value) => isMobileId(value.toLowerCase()))) return 'id_invalid';
    if (key === 'EXTERN_ID' && !values.every(isExternalId)) return 'id_invalid';
  }
  const fields: readonly string[] = keys.map((key) => FIELD_OF_KEY[key]);
  // A person added with fewer keys than it has could not be removed by all of them.
  if (Object.keys(member).some((field) => !fields.includes(field))) return 'field_not_accepted';
  return known === 0 ? 'member_malformed' : undefined;
}

const isExternalId = (id: string): boolean => /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_TEXT_ID_LENGTH;

export function rowsOf(batch: Batch, settings: MetaSettings, decidedPurpose: string | undefined): Rows {
  const removed: Row[] = [];
  const added: Row[] = [];
  const withheld = { consent_denied: 0, consent_missing: 0 };
  batch.forEach((id, isRemoval, consent) => {
    if (isRemoval) {
      removed.push(...rowsOfPerson(id, settings, false));
      return;
    }
    const state = consentState('advertising', { consent, decidedPurpose });
    if (state === 'denied') withheld.consent_denied++;
    else if (state === 'unknown' && settings.customer_consent === 'send') withheld.consent_missing++;
    else added.push(...rowsOfPerson(id, settings, settings.limited_data_use));
  });
  return { removed, added, withheld };
}

const LIMITED: readonly string[] = ['LDU'];

function rowsOfPerson(id: string, settings: MetaSettings, isLimited: boolean): Row[] {
  const value = settings.data_type === 'mobile-advertising-id' ? id.toLowerCase() : id;
  if (settings.data_type !== 'member') {
    if (isLimited) return [[value, LIMITED]];
    return [settings.data_type === 'external-id' ? [value] : value];
  }
  const member = parseMember(id) ?? {};
  const columns = settings.member_keys.map((key) => {
    const values = member[FIELD_OF_KEY[key]] ?? [];
    return key === 'MADID' ? values.map((one) => one.toLowerCase()) : values;
  });
  const count = Math.max(...columns.map((values) => values.length));
  return Array.from({ length: count }, (_, at) => [
    ...columns.map((values) => values[at] ?? ''),
    ...(isLimited ? [LIMITED] : []),
  ]);
}

const SINGLE = {
  email: 'EMAIL_SHA256',
  phone: 'PHONE_SHA256',
  'mobile-advertising-id': 'MOBILE_ADVERTISER_ID',
  'external-id': ['EXTERN_ID'],
} as const;
const KEY = { email: 'EMAIL', phone: 'PHONE', 'mobile-advertising-id': 'MADID', 'external-id': 'EXTERN_ID' } as const;

export function payloadOf(settings: MetaSettings, rows: readonly Row[], kind: 'add' | 'remove'): JsonObject {
  const { data_type, member_keys } = settings;
  const isLimited = kind === 'add' && settings.limited_data_use;
  const keys = data_type === 'member' ? member_keys : isLimited ? [KEY[data_type]] : SINGLE[data_type];
  return { schema: isLimited ? [...keys, 'DATA_PROCESSING_OPTIONS'] : keys, data: rows };
}

/**
 * One session for the additions of a delivery and one for its removals. Its name is 52 bits, since JSON readers lose more; the
 * total is left out, because a stream does not know it.
 */
export function sessionOf(
  place: SessionPlace,
  of: { deliveryId: string; kind: 'add' | 'remove' | 'replace'; form: MetaSettings['session_form'] },
): JsonObject {
  const hash = createHash('sha256').update(`${of.deliveryId}\n${of.kind}\n${place.session}`).digest('hex');
  const session_id = Number.parseInt(hash.slice(0, 13), 16);
  if (of.form === 'id' && of.kind !== 'replace') return { session_id };
  return { session_id, batch_seq: place.sequence, last_batch_flag: place.isLast };
}
