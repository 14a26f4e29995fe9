// How the sandbox reads the members of a request: closed messages, the API's own reasons for what is wrong, and back to our ids.
import { isObject, type JsonObject, listOf } from '../google/answers.ts';
import { type Shape, type ShapeFault, shapeFault } from '../google/sandbox-shape.ts';
import { formatMember, type Member } from '../kit/member.ts';
import { MAX_IDENTIFIERS_PER_MEMBER, MAX_MEMBERS_PER_REQUEST } from './limits.ts';
import { ACCOUNT_TYPES } from './settings.ts';

const ACCOUNT = { accountType: new Set<string>(ACCOUNT_TYPES), accountId: 'text' } as const;
const CONSENT_STATES = new Set(['CONSENT_STATUS_UNSPECIFIED', 'CONSENT_GRANTED', 'CONSENT_DENIED']);
const CONSENT = { adUserData: CONSENT_STATES, adPersonalization: CONSENT_STATES };
const ADDRESS: Shape = {
  ...{ givenName: 'text', familyName: 'text', regionCode: 'text', postalCode: 'text' },
  ...{ addressLine: 'text', city: 'text', administrativeArea: 'text' },
};
const USER_DATA: Shape = { userIdentifiers: [{ emailAddress: 'text', phoneNumber: 'text', address: ADDRESS }] };
const IP: Shape = { ipAddress: 'text', observeStartTime: 'text', observeEndTime: 'text' };
const MEMBER: Shape = {
  destinationReferences: ['text'],
  consent: CONSENT,
  userData: USER_DATA,
  pairData: { pairIds: ['text'] },
  mobileData: { mobileIds: ['text'] },
  userIdData: { userId: 'text' },
  ppidData: { ppids: ['text'] },
  compositeData: { userData: USER_DATA, ipData: [IP] },
};
const DESTINATION: Shape = {
  ...{ reference: 'text', loginAccount: ACCOUNT, linkedAccount: ACCOUNT },
  ...{ operatingAccount: ACCOUNT, productDestinationId: 'text' },
};
const REMOVE: Shape = {
  destinations: [DESTINATION],
  audienceMembers: [MEMBER],
  validateOnly: 'flag',
  encoding: new Set(['HEX', 'BASE64']),
};
const INGEST: Shape = {
  ...REMOVE,
  consent: CONSENT,
  termsOfService: { customerMatchTermsOfServiceStatus: new Set(['ACCEPTED', 'REJECTED']) },
};
const REMOVE_ALL: Shape = { destinations: [DESTINATION], removeAsOfTime: 'text', validateOnly: 'flag' };
export const SHAPES = { ingest: INGEST, remove: REMOVE, removeAll: REMOVE_ALL } as const;

export interface Violation extends ShapeFault {
  readonly reason?: string;
}
export interface ReadMember {
  readonly id: string;
  readonly consent: JsonObject | undefined;
}
export type ReadRequest =
  | { readonly violations: readonly Violation[] }
  | { readonly violations?: undefined; readonly members: readonly ReadMember[] };

const DATA = ['userData', 'pairData', 'mobileData', 'userIdData', 'ppidData', 'compositeData'] as const;

export function readMembers(body: JsonObject, shape: Shape): ReadRequest {
  const malformed = shapeFault(body, shape);
  if (malformed !== undefined) return { violations: [malformed] };
  const members = listOf(body.audienceMembers);
  const whole = requestFault(body, members);
  if (whole !== undefined) return { violations: [whole] };
  const violations = members.flatMap((member, at) => memberFaults(member, { at, encoding: body.encoding }));
  if (violations.length > 0) return { violations };
  return {
    members: members.map((member) => ({
      id: idOf(member, body.encoding),
      consent: isObject(member.consent) ? member.consent : undefined,
    })),
  };
}

function requestFault(body: JsonObject, members: readonly JsonObject[]): Violation | undefined {
  const field = 'audience_members';
  if (members.length === 0) return { field, description: 'Required.', reason: 'REQUIRED_FIELD_MISSING' };
  if (members.length > MAX_MEMBERS_PER_REQUEST) {
    return { field, description: 'At most 10,000.', reason: 'TOO_MANY_AUDIENCE_MEMBERS' };
  }
  const types = new Set(members.flatMap((member) => DATA.filter((type) => member[type] !== undefined)));
  if (types.size > 1) return { field, description: 'One type.', reason: 'MULTIPLE_DATA_TYPES_NOT_ALLOWED' };
  if ((types.has('userData') || types.has('compositeData')) && body.encoding === undefined) {
    return { field: 'encoding', description: 'Required for user data.', reason: 'REQUIRED_FIELD_MISSING' };
  }
  return undefined;
}

function memberFaults(member: JsonObject, { at, encoding }: { at: number; encoding: unknown }): Violation[] {
  const field = `audience_members[${at}]`;
  const fault = (reason: string, part = ''): Violation[] => [
    { field: field + part, description: 'Not valid.', reason },
  ];
  const composite = isObject(member.compositeData) ? member.compositeData : {};
  const userData = isObject(member.userData) ? member.userData : composite.userData;
  const identifiers = listOf(isObject(userData) ? userData.userIdentifiers : []);
  const lists = [identifiers, listOf(composite.ipData), ...textLists(member)];
  const count = Math.max(...lists.map((list) => list.length));
  if (count === 0) return fault('INVALID_AUDIENCE_MEMBER');
  if (count > MAX_IDENTIFIERS_PER_MEMBER) return fault('TOO_MANY_USER_IDENTIFIERS');
  const [mobileIds = []] = textLists(member);
  if (!mobileIds.every((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))) {
    return fault('INVALID_MOBILE_ID_FORMAT', '.mobile_data.mobile_ids[0]');
  }
  for (const [place, identifier] of identifiers.entries()) {
    const part = `.user_data.user_identifiers[${place}]`;
    if (Object.keys(identifier).length !== 1) return fault('INVALID_AUDIENCE_MEMBER', part);
    const reason = identifierFault(identifier, encoding);
    if (reason !== undefined) return fault(reason, part);
  }
  return [];
}

function identifierFault(identifier: JsonObject, encoding: unknown): string | undefined {
  const { address } = identifier;
  if (!isObject(address)) return digestFault(identifier.emailAddress ?? identifier.phoneNumber, encoding);
  const { givenName, familyName, regionCode, postalCode } = address;
  if ([givenName, familyName, regionCode, postalCode].includes(undefined)) return 'REQUIRED_FIELD_MISSING';
  if (!/^[A-Z]{2}$/.test(String(regionCode))) return 'INVALID_COUNTRY_CODE';
  if (!/^[A-Za-z0-9][A-Za-z0-9 -]{1,11}$/.test(String(postalCode))) return 'INVALID_POSTAL_CODE';
  return digestFault(givenName, encoding) ?? digestFault(familyName, encoding);
}

function digestFault(value: unknown, encoding: unknown): string | undefined {
  const text = String(value);
  if (encoding === 'HEX' && !/^([0-9a-f]{2})+$/i.test(text)) return 'INVALID_HEX_ENCODING';
  if (encoding === 'BASE64' && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return 'INVALID_BASE64_ENCODING';
  return digestBytes(text, encoding).length === 32 ? undefined : 'INVALID_SHA256_FORMAT';
}

const digestBytes = (text: string, encoding: unknown): Buffer =>
  Buffer.from(text, encoding === 'HEX' ? 'hex' : 'base64');

/** Mobile ids, PPIDs, PAIR ids, and a user id as a list of one. */
function textLists(member: JsonObject): readonly [string[], string[], string[], string[]] {
  const list = (data: unknown, name: string) =>
    (isObject(data) ? (data[name] as string[] | undefined) : undefined) ?? [];
  const userId = isObject(member.userIdData) ? member.userIdData.userId : undefined;
  return [
    list(member.mobileData, 'mobileIds'),
    list(member.ppidData, 'ppids'),
    list(member.pairData, 'pairIds'),
    typeof userId === 'string' && userId !== '' ? [userId] : [],
  ];
}

/** The id as connectors know it: of a member with one digest that digest, of one with several their text. */
function idOf(member: JsonObject, encoding: unknown): string {
  const [single] = textLists(member).flat();
  if (single !== undefined) return single;
  const composite = isObject(member.compositeData) ? member.compositeData : {};
  const userData = isObject(member.userData) ? member.userData : composite.userData;
  const digest = (value: unknown) => digestBytes(String(value), encoding).toString('hex');
  const identifiers = listOf(isObject(userData) ? userData.userIdentifiers : []);
  const digestsOf = (name: string) =>
    identifiers.flatMap((one) => (one[name] === undefined ? [] : [digest(one[name])]));
  const [address] = identifiers.flatMap((one) => (isObject(one.address) ? [one.address] : []));
  const read: Member = {
    email: digestsOf('emailAddress'),
    phone: digestsOf('phoneNumber'),
    'ip-address': listOf(composite.ipData).map(({ ipAddress }) => String(ipAddress)),
    ...(address === undefined
      ? {}
      : {
          'given-name': [digest(address.givenName)],
          'family-name': [digest(address.familyName)],
          region: [String(address.regionCode)],
          'postal-code': [String(address.postalCode)],
        }),
  };
  const values = Object.values(read).flat();
  return values.length === 1 ? values[0]! : formatMember(read);
}
