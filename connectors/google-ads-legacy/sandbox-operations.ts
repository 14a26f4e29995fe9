// How the sandbox reads operations: closed messages, the platform's own error codes, and back to the ids of connectors.
import { isObject, type JsonObject, listOf } from '../google/answers.ts';
import type { Shape } from '../google/sandbox-shape.ts';
import { formatMember, type Member } from '../kit/member.ts';
import { MAX_IDENTIFIERS_PER_OPERATION } from './limits.ts';

const CONSENT_STATES = new Set(['UNSPECIFIED', 'GRANTED', 'DENIED']);
const CONSENT: Shape = { adUserData: CONSENT_STATES, adPersonalization: CONSENT_STATES };
const ADDRESS: Shape = {
  ...{ hashedFirstName: 'text', hashedLastName: 'text', countryCode: 'text', postalCode: 'text' },
  ...{ city: 'text', state: 'text', hashedStreetAddress: 'text' },
};
const IDENTIFIER: Shape = {
  ...{ hashedEmail: 'text', hashedPhoneNumber: 'text', mobileId: 'text', thirdPartyUserId: 'text' },
  addressInfo: ADDRESS,
};
const USER_DATA: Shape = { userIdentifiers: [IDENTIFIER], consent: CONSENT };

export const CREATE_SHAPE: Shape = {
  job: {
    type: new Set(['CUSTOMER_MATCH_USER_LIST']),
    externalId: 'text',
    customerMatchUserListMetadata: { userList: 'text', consent: CONSENT },
  },
  validateOnly: 'flag',
  enableMatchRateRangePreview: 'flag',
};
export const ADD_SHAPE: Shape = {
  operations: [{ create: USER_DATA, remove: USER_DATA, removeAll: 'flag' }],
  enablePartialFailure: 'flag',
  enableWarnings: 'flag',
  validateOnly: 'flag',
};

export const MUTATE_SHAPE: Shape = {
  operations: [
    {
      create: {
        ...{ name: 'text', description: 'text', membershipLifeSpan: 'text' },
        crmBasedUserList: {
          appId: 'text',
          uploadKeyType: new Set(['CONTACT_INFO', 'CRM_ID', 'MOBILE_ADVERTISING_ID']),
          dataSourceType: new Set(['FIRST_PARTY', 'THIRD_PARTY_CREDIT_BUREAU', 'THIRD_PARTY_VOTER_FILE']),
        },
      },
    },
  ],
  partialFailure: 'flag',
  validateOnly: 'flag',
};

/** What is wrong with a user list that is to be made. */
export function userListFault(list: JsonObject): readonly [kind: string, code: string] | undefined {
  const { name, membershipLifeSpan: days = '540', crmBasedUserList: crm } = list;
  if (typeof name !== 'string' || name === '') return ['userListError', 'NAME_IS_REQUIRED'];
  if (!/^\d{1,3}$/.test(String(days)) || Number(days) > 540) return ['rangeError', 'TOO_HIGH'];
  if (!isObject(crm) || crm.uploadKeyType === undefined) return ['fieldError', 'REQUIRED'];
  const isMobile = crm.uploadKeyType === 'MOBILE_ADVERTISING_ID';
  return isMobile && crm.appId === undefined ? ['fieldError', 'REQUIRED'] : undefined;
}

export function operationFault(operation: JsonObject): string | undefined {
  if (Object.keys(operation).length !== 1) return 'INVALID_OPERATION';
  if (operation.removeAll === true) return undefined;
  const data = userDataOf(operation);
  if (data.consent !== undefined) return 'OPERATION_LEVEL_CONSENT_PROVIDED';
  const identifiers = listOf(data.userIdentifiers);
  if (identifiers.length === 0) return 'REQUIRED';
  if (identifiers.length > MAX_IDENTIFIERS_PER_OPERATION) return 'TOO_MANY';
  const kinds = new Set(identifiers.map(keyTypeOf));
  if (kinds.size > 1) return 'INCOMPATIBLE_UPLOAD_KEY_TYPE';
  return identifiers.map(identifierFault).find((fault) => fault !== undefined);
}

function identifierFault(identifier: JsonObject): string | undefined {
  if (Object.keys(identifier).length !== 1) return 'INVALID_OPERATION';
  const address = isObject(identifier.addressInfo) ? identifier.addressInfo : undefined;
  const digests = [
    identifier.hashedEmail,
    identifier.hashedPhoneNumber,
    address?.hashedFirstName,
    address?.hashedLastName,
  ];
  if (digests.some((digest) => digest !== undefined && !/^[0-9a-f]{64}$/i.test(String(digest)))) {
    return 'INVALID_SHA256_FORMAT';
  }
  if (address === undefined) return undefined;
  if (digests.slice(2).includes(undefined) || address.postalCode === undefined) return 'REQUIRED';
  return /^[A-Z]{2}$/.test(String(address.countryCode)) ? undefined : 'INVALID_COUNTRY_CODE';
}

/** A list is of contact data, of mobile ids or of own ids. */
function keyTypeOf(identifier: JsonObject): string {
  if (identifier.mobileId !== undefined) return 'MOBILE_ADVERTISING_ID';
  return identifier.thirdPartyUserId === undefined ? 'CONTACT_INFO' : 'CRM_ID';
}

const userDataOf = ({ create, remove }: JsonObject): JsonObject => {
  const data = create ?? remove;
  return isObject(data) ? data : {};
};

/** Of a member with one identifier that one, of one with several their text. */
export function idOf(operation: JsonObject): string {
  const identifiers = listOf(userDataOf(operation).userIdentifiers);
  const valuesOf = (name: string) => identifiers.flatMap((one) => (one[name] === undefined ? [] : [String(one[name])]));
  const [address] = identifiers.flatMap((one) => (isObject(one.addressInfo) ? [one.addressInfo] : []));
  const member: Member = {
    email: valuesOf('hashedEmail'),
    phone: valuesOf('hashedPhoneNumber'),
    'mobile-advertising-id': valuesOf('mobileId'),
    customer: valuesOf('thirdPartyUserId'),
    ...(address === undefined
      ? {}
      : {
          'given-name': [String(address.hashedFirstName)],
          'family-name': [String(address.hashedLastName)],
          region: [String(address.countryCode)],
          'postal-code': [String(address.postalCode)],
        }),
  };
  const values = Object.values(member).flat();
  return values.length === 1 ? values[0]! : formatMember(member);
}
