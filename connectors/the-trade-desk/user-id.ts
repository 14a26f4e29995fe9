// The names under which the Data API takes a person's id, and the form of each. Which name it is is a setting, never guessed.
import type { ActivationIdType } from '../../identifiers/identifier.ts';

export const USER_ID_NAMES = [
  'TDID',
  'DAID',
  'UID2',
  'UID2Token',
  'EUID',
  'EUIDToken',
  'RampID',
  'CoreID',
  'ID5',
  'NetID',
  'FirstID',
  'UtiqID',
  'MerkuryID',
  'IqviaPPID',
] as const;
export type UserIdName = (typeof USER_ID_NAMES)[number];

export function activationIdTypeOf(name: UserIdName): ActivationIdType {
  if (name === 'DAID') return 'mobile-advertising-id';
  return /^E?UID2?(Token)?$/.test(name) ? 'uid2' : 'customer';
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const RAW_UID_BYTES: readonly number[] = [32, 33];

/** Raw UID2s and EUIDs are base64 of 32 or 33 bytes; a UUID of zeros is a person who has opted out, that is nobody. */
export function isUserId(name: UserIdName, id: string): boolean {
  switch (name) {
    case 'TDID':
    case 'DAID':
      return UUID.test(id) && !/^[0-]+$/.test(id);
    case 'UID2':
    case 'EUID': {
      const bytes = Buffer.from(id, 'base64');
      return RAW_UID_BYTES.includes(bytes.length) && bytes.toString('base64') === id;
    }
    default:
      return /^[\x21-\x7e]+$/.test(id);
  }
}
