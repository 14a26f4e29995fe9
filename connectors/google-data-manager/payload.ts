// Requests of audienceMembers:ingest and :remove, built from a batch. Pure.
import { encodeDigest, isHexDigest } from '../google/digest.ts';
import { addressOf, isMobileId, userDataFault } from '../google/member.ts';
import type { Batch, BatchRules } from '../kit/batches.ts';
import { type ConsentState, consentState } from '../kit/consent.ts';
import { RowError } from '../kit/errors.ts';
import { type Member, parseMember } from '../kit/member.ts';
import {
  ENVELOPE_BYTES,
  MAX_IDENTIFIERS_PER_MEMBER,
  MAX_REQUEST_BYTES,
  MAX_TEXT_ID_LENGTH,
  MEMBERSHIP_S,
} from './limits.ts';
import type { DataManagerSettings, DataType } from './settings.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface Members {
  readonly removed: readonly JsonObject[];
  readonly added: readonly JsonObject[];
  /** Left out because the person is known not to allow that Google gets its data. */
  readonly denied: number;
  readonly idOf: ReadonlyMap<JsonObject, string>;
}

export function batchRules(settings: DataManagerSettings): BatchRules {
  return {
    checkRow: (id) => {
      const fault = faultOf(id, settings);
      return fault === undefined ? undefined : new RowError(fault);
    },
    // A member in JSON is its text with longer names, twice as long at most, and its consent.
    rowBytes: (id) => 2 * Buffer.byteLength(id) + 256,
    maxRows: settings.max_members_per_request,
    maxBytes: MAX_REQUEST_BYTES - ENVELOPE_BYTES,
    idForm: 'text',
  };
}

function faultOf(id: string, { data_type }: DataManagerSettings): string | undefined {
  switch (data_type) {
    case 'email':
    case 'phone':
      return isHexDigest(id) ? undefined : 'digest_malformed';
    case 'mobile-advertising-id':
      return isMobileId(id) ? undefined : 'id_invalid';
    case 'member':
    case 'composite':
      return userDataFault(parseMember(id), {
        maxIdentifiers: MAX_IDENTIFIERS_PER_MEMBER,
        takesIp: data_type === 'composite',
      });
    default:
      return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_TEXT_ID_LENGTH ? undefined : 'id_invalid';
  }
}

export function membersOf(batch: Batch, settings: DataManagerSettings, decidedPurpose: string | undefined): Members {
  const removed: JsonObject[] = [];
  const added: JsonObject[] = [];
  const idOf = new Map<JsonObject, string>();
  let denied = 0;
  const put = (members: JsonObject[], member: JsonObject, id: string) => {
    members.push(member);
    idOf.set(member, id);
  };
  batch.forEach((id, isRemoval, consent) => {
    const data = dataOf(id, settings);
    if (isRemoval) {
      put(removed, data, id);
      return;
    }
    const adUserData = consentState('advertising', { consent, decidedPurpose });
    const purpose = settings.ad_personalization_purpose;
    const adPersonalization = consentState(purpose, { consent, decidedPurpose });
    if (adUserData === 'denied') denied++;
    else put(added, { ...data, ...consentField({ adUserData, adPersonalization }) }, id);
  });
  return { removed, added, denied, idOf };
}

function dataOf(id: string, { data_type, encoding }: DataManagerSettings): JsonObject {
  const digest = (value: string) => encodeDigest(value, encoding);
  switch (data_type) {
    case 'email':
      return { userData: { userIdentifiers: [{ emailAddress: digest(id) }] } };
    case 'phone':
      return { userData: { userIdentifiers: [{ phoneNumber: digest(id) }] } };
    case 'mobile-advertising-id':
      return { mobileData: { mobileIds: [id] } };
    case 'user-id':
      return { userIdData: { userId: id } };
    case 'ppid':
      return { ppidData: { ppids: [id] } };
    case 'pair-id':
      return { pairData: { pairIds: [id] } };
    case 'member':
      return { userData: userDataOf(parseMember(id) ?? {}, digest) };
    case 'composite':
      return { compositeData: compositeOf(parseMember(id) ?? {}, digest) };
  }
}

function compositeOf(member: Member, digest: (value: string) => string): JsonObject {
  const userData = userDataOf(member, digest);
  const ips = member['ip-address'] ?? [];
  return {
    ...(userData.userIdentifiers.length > 0 ? { userData } : {}),
    ...(ips.length > 0 ? { ipData: ips.map((ipAddress) => ({ ipAddress })) } : {}),
  };
}

/** Names are digests; region and postal code go in the clear. The JSON name of the field is `address`. */
function userDataOf(member: Member, digest: (value: string) => string): { userIdentifiers: JsonObject[] } {
  const { email = [], phone = [] } = member;
  const whole = addressOf(member);
  const address = whole && {
    givenName: digest(whole.givenName),
    familyName: digest(whole.familyName),
    regionCode: whole.region,
    postalCode: whole.postalCode,
  };
  return {
    userIdentifiers: [
      ...email.map((value) => ({ emailAddress: digest(value) })),
      ...phone.map((value) => ({ phoneNumber: digest(value) })),
      ...(address === undefined ? [] : [{ address }]),
    ],
  };
}

const CONSENT: Readonly<Record<Exclude<ConsentState, 'unknown'>, string>> = {
  granted: 'CONSENT_GRANTED',
  denied: 'CONSENT_DENIED',
};

/** What nobody said is left out rather than made up. */
function consentField(states: Readonly<Record<string, ConsentState>>): JsonObject {
  const said = Object.entries(states).flatMap(([name, state]) => (state === 'unknown' ? [] : [[name, CONSENT[state]]]));
  return said.length === 0 ? {} : { consent: Object.fromEntries(said) };
}

export function destinationOf(settings: DataManagerSettings): JsonObject {
  const account = (accountType: string | undefined, accountId: string | undefined) =>
    accountType === undefined ? undefined : { accountType, accountId };
  const login = account(settings.login_account_type, settings.login_account_id);
  const linked = account(settings.linked_account_type, settings.linked_account_id);
  return {
    operatingAccount: account(settings.account_type, settings.account_id),
    ...(login === undefined ? {} : { loginAccount: login }),
    ...(linked === undefined ? {} : { linkedAccount: linked }),
    productDestinationId: settings.audience_id,
  };
}

const hasDigests = ({ data_type }: DataManagerSettings): boolean =>
  data_type === 'email' || data_type === 'phone' || data_type === 'member' || data_type === 'composite';

export function removeBody(settings: DataManagerSettings, audienceMembers: readonly JsonObject[]): JsonObject {
  const encoding = hasDigests(settings) ? { encoding: settings.encoding } : {};
  return { destinations: [destinationOf(settings)], audienceMembers, ...encoding };
}

export function ingestBody(settings: DataManagerSettings, audienceMembers: readonly JsonObject[]): JsonObject {
  const terms = settings.customer_match_terms;
  const said = terms === 'unsaid' ? {} : { termsOfService: { customerMatchTermsOfServiceStatus: terms } };
  return { ...removeBody(settings, audienceMembers), ...said };
}

/** Whoever was a member before the delivery began, and was not told again since. */
export function removeAllBody(settings: DataManagerSettings, startedAtMs: number): JsonObject {
  return { destinations: [destinationOf(settings)], removeAsOfTime: new Date(startedAtMs).toISOString() };
}

const UPLOAD_KEYS: Readonly<Record<DataType, string>> = {
  email: 'CONTACT_ID',
  phone: 'CONTACT_ID',
  member: 'CONTACT_ID',
  composite: 'CONTACT_ID',
  'mobile-advertising-id': 'MOBILE_ID',
  'user-id': 'USER_ID',
  ppid: 'PSEUDONYMOUS_ID',
  'pair-id': 'PAIR_ID',
};

/** A user list for the data that these settings send; memberships last as long as the platform lets them. */
export function userListBody(displayName: string, { data_type }: DataManagerSettings): JsonObject {
  return {
    displayName,
    membershipDuration: `${MEMBERSHIP_S}s`,
    ingestedUserListInfo: { uploadKeyTypes: [UPLOAD_KEYS[data_type]] },
  };
}
