// Which members Google takes as user data: digests of e-mails, phones and names, and addresses as a whole.
import type { Member } from '../kit/member.ts';
import { isHexDigest } from './digest.ts';

export const ADDRESS_PARTS = ['given-name', 'family-name', 'region', 'postal-code'] as const;

/** Why a member cannot be sent, or undefined. */
export function userDataFault(
  member: Member | undefined,
  rules: { readonly maxIdentifiers: number; readonly takesIp: boolean },
): string | undefined {
  if (member === undefined) return 'member_malformed';
  const ips = member['ip-address'] ?? [];
  const { email = [], phone = [] } = member;
  const known: string[] = [...ADDRESS_PARTS, 'email', 'phone', ...(rules.takesIp ? ['ip-address'] : [])];
  if (Object.keys(member).some((field) => !known.includes(field))) return 'field_not_accepted';
  const parts = ADDRESS_PARTS.map((part) => member[part]?.length ?? 0);
  const hasAddress = parts.some((count) => count > 0);
  // Google matches an address as a whole, all four parts, each once: without one it is left out, and with it who has nothing else.
  const isWhole = parts.every((count) => count === 1);
  if (hasAddress && !isWhole && email.length + phone.length + ips.length === 0) return 'address_incomplete';
  const digests = [...email, ...phone, ...(member['given-name'] ?? []), ...(member['family-name'] ?? [])];
  if (!digests.every(isHexDigest)) return 'digest_malformed';
  if (isWhole && !/^[A-Z]{2}$/.test(member.region?.[0] ?? '')) return 'region_invalid';
  const count = email.length + phone.length + (isWhole ? 1 : 0);
  return Math.max(count, ips.length) > rules.maxIdentifiers ? 'too_many_identifiers' : undefined;
}

export interface Address {
  readonly givenName: string;
  readonly familyName: string;
  readonly region: string;
  readonly postalCode: string;
}

export function addressOf(member: Member): Address | undefined {
  if (ADDRESS_PARTS.some((part) => member[part]?.length !== 1)) return undefined;
  const [givenName, familyName, region, postalCode] = ADDRESS_PARTS.map((part) => member[part]?.[0]);
  if (!givenName || !familyName || !region || !postalCode) return undefined;
  return { givenName, familyName, region, postalCode };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A device that has advertising switched off gives an id of zeros: that is nobody. */
export const isMobileId = (id: string): boolean => UUID.test(id) && !/^[0-]+$/.test(id);
