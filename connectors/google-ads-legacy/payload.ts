// Jobs and operations of one batch: a job holds additions of one consent, or removals, never both. Pure.
import { isHexDigest } from '../google/digest.ts';
import { addressOf, isMobileId, userDataFault } from '../google/member.ts';
import type { Batch, BatchRules } from '../kit/batches.ts';
import { type ConsentState, consentState } from '../kit/consent.ts';
import { PermanentError, RowError } from '../kit/errors.ts';
import { type Member, parseMember } from '../kit/member.ts';
import { MAX_IDENTIFIERS_PER_OPERATION, MAX_JOB_BYTES, MAX_TEXT_ID_LENGTH, MEMBERSHIP_DAYS } from './limits.ts';
import type { GoogleAdsSettings } from './settings.ts';

type JsonObject = Readonly<Record<string, unknown>>;

export interface PlannedJob {
  readonly job: JsonObject;
  readonly operations: readonly JsonObject[];
}
export interface Plan {
  /** Removals first. */
  readonly jobs: readonly PlannedJob[];
  /** Additions that became removals because the person is known not to allow them. */
  readonly denied: number;
  /** Of each operation. */
  readonly idOf: ReadonlyMap<JsonObject, string>;
}

export function batchRules(settings: GoogleAdsSettings): BatchRules {
  return {
    checkRow: (id) => {
      const fault = faultOf(id, settings);
      return fault === undefined ? undefined : new RowError(fault);
    },
    rowBytes: (id) => 2 * Buffer.byteLength(id) + 256,
    maxRows: settings.max_operations_per_job,
    maxBytes: MAX_JOB_BYTES,
    idForm: 'text',
    inSessions: true,
  };
}

function faultOf(id: string, { data_type }: GoogleAdsSettings): string | undefined {
  switch (data_type) {
    case 'email':
    case 'phone':
      return isHexDigest(id) ? undefined : 'digest_malformed';
    case 'member':
      return userDataFault(parseMember(id), { maxIdentifiers: MAX_IDENTIFIERS_PER_OPERATION, takesIp: false });
    case 'mobile-advertising-id':
      return isMobileId(id) ? undefined : 'id_invalid';
    case 'user-id':
      return /^[\x21-\x7e]+$/.test(id) && id.length <= MAX_TEXT_ID_LENGTH ? undefined : 'id_invalid';
  }
}

export function planOf(batch: Batch, settings: GoogleAdsSettings, decidedPurpose: string | undefined): Plan {
  const removals: JsonObject[] = [];
  const additions = new Map<string, { consent: JsonObject; operations: JsonObject[] }>();
  const idOf = new Map<JsonObject, string>();
  let denied = 0;
  batch.forEach((id, isRemoval, consent) => {
    const member = { userIdentifiers: userIdentifiersOf(id, settings) };
    const states = {
      adUserData: consentState('advertising', { consent, decidedPurpose }),
      adPersonalization: consentState(settings.ad_personalization_purpose, { consent, decidedPurpose }),
    };
    const isDenied = !isRemoval && Object.values(states).includes('denied');
    if (isDenied) denied++;
    if (isRemoval || isDenied) {
      const removal = { remove: member };
      idOf.set(removal, id);
      removals.push(removal);
      return;
    }
    const key = `${states.adUserData} ${states.adPersonalization}`;
    const group = additions.get(key) ?? { consent: consentOf(states), operations: [] };
    additions.set(key, group);
    const addition = { create: member };
    idOf.set(addition, id);
    group.operations.push(addition);
  });
  const added = [...additions].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
  const jobs = [
    ...(removals.length > 0 ? [{ job: jobOf(settings, {}), operations: removals }] : []),
    ...added.map(({ consent, operations }) => ({ job: jobOf(settings, consent), operations })),
  ];
  return { jobs, denied, idOf };
}

/** Makes the list empty: must be the first operation of its job. */
export function clearingOf(settings: GoogleAdsSettings): PlannedJob {
  return { job: jobOf(settings, {}), operations: [{ removeAll: true }] };
}

/** Unknown is left unset: it is for the platform to treat, not for us to make up. */
function consentOf(states: Readonly<Record<string, ConsentState>>): JsonObject {
  const said = Object.entries(states).filter(([, state]) => state === 'granted');
  return said.length === 0 ? {} : { consent: Object.fromEntries(said.map(([name]) => [name, 'GRANTED'])) };
}

function jobOf({ customer_id, user_list_id }: GoogleAdsSettings, consent: JsonObject): JsonObject {
  const userList = `customers/${customer_id}/userLists/${user_list_id}`;
  return { type: 'CUSTOMER_MATCH_USER_LIST', customerMatchUserListMetadata: { userList, ...consent } };
}

function userIdentifiersOf(id: string, { data_type }: GoogleAdsSettings): JsonObject[] {
  switch (data_type) {
    case 'email':
      return [{ hashedEmail: id }];
    case 'phone':
      return [{ hashedPhoneNumber: id }];
    case 'mobile-advertising-id':
      return [{ mobileId: id }];
    case 'user-id':
      return [{ thirdPartyUserId: id }];
    case 'member':
      return contactsOf(parseMember(id) ?? {});
  }
}

function contactsOf(member: Member): JsonObject[] {
  const address = addressOf(member);
  const addressInfo = address && {
    hashedFirstName: address.givenName,
    hashedLastName: address.familyName,
    countryCode: address.region,
    postalCode: address.postalCode,
  };
  return [
    ...(member.email ?? []).map((hashedEmail) => ({ hashedEmail })),
    ...(member.phone ?? []).map((hashedPhoneNumber) => ({ hashedPhoneNumber })),
    ...(addressInfo === undefined ? [] : [{ addressInfo }]),
  ];
}

const UPLOAD_KEYS: Readonly<Record<GoogleAdsSettings['data_type'], string>> = {
  email: 'CONTACT_INFO',
  phone: 'CONTACT_INFO',
  member: 'CONTACT_INFO',
  'mobile-advertising-id': 'MOBILE_ADVERTISING_ID',
  'user-id': 'CRM_ID',
};

/** A user list for the data that these settings send. A list of mobile ids is of one app. */
export function userListOf(name: string, { data_type, app_id: appId }: GoogleAdsSettings): JsonObject {
  const isMobile = data_type === 'mobile-advertising-id';
  if (isMobile && appId === undefined) {
    throw new PermanentError('rejected', 'name the app of the mobile ids in the settings (app_id)');
  }
  const crmBasedUserList = { uploadKeyType: UPLOAD_KEYS[data_type], ...(isMobile ? { appId } : {}) };
  return { name, membershipLifeSpan: String(MEMBERSHIP_DAYS), crmBasedUserList };
}
