// Digests as Google takes them: SHA-256 of the normalised value, in hexadecimal on their way here, sent in hex or base64.
import { findPlatformProfile } from '../../identifiers/platform-profile.ts';

/** A digest that came in another writing is refused: what it is was declared when it was sealed, not guessed from its looks. */
export const isHexDigest = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);

export const encodeDigest = (digest: string, encoding: 'HEX' | 'BASE64'): string =>
  encoding === 'HEX' ? digest : Buffer.from(digest, 'hex').toString('base64');

/** Sealed under one of Google's profiles, of whatever month, and of the kind of value that is sent. */
export function isGoogleProfile(profile: string, kind: string): boolean {
  const found = findPlatformProfile(profile);
  return found?.name.startsWith('google@') === true && (kind === 'member' || found.kind === kind);
}
