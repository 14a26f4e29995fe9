// Keys of Meta's multi-key rows and the member fields they come from. All are SHA-256 in hex but two.
import type { MemberField } from '../kit/member.ts';

export const MEMBER_KEYS = [
  ...(['EMAIL', 'PHONE', 'FN', 'LN', 'FI', 'CT', 'ST', 'ZIP', 'COUNTRY'] as const),
  ...(['GEN', 'DOBY', 'DOBM', 'DOBD', 'MADID', 'EXTERN_ID'] as const),
] as const;
export type MemberKey = (typeof MEMBER_KEYS)[number];

export const FIELD_OF_KEY: Readonly<Record<MemberKey, MemberField>> = {
  EMAIL: 'email',
  PHONE: 'phone',
  FN: 'given-name',
  LN: 'family-name',
  FI: 'first-initial',
  CT: 'city',
  ST: 'state',
  ZIP: 'postal-code',
  COUNTRY: 'region',
  GEN: 'gender',
  DOBY: 'birth-year',
  DOBM: 'birth-month',
  DOBD: 'birth-day',
  MADID: 'mobile-advertising-id',
  EXTERN_ID: 'customer',
};

export const isDigestKey = (key: MemberKey): boolean => key !== 'MADID' && key !== 'EXTERN_ID';

/** A hashed value in hex, declared so by the profile it was sealed under. */
export const isHexDigest = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);

/** Lower case with hyphens; of a device that has advertising switched off, zeros alone. */
export const isMobileId = (value: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) && !/^[0-]+$/.test(value);
