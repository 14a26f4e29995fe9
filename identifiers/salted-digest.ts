// The salted digest a partner sends: SHA-256(salt ":" type ":" normalised), UTF-8, lower-case hex.
// No protection by itself: who knows the salt can hash a dictionary. The service re-keys it as it reads the file.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { IdentifierType } from './identifier.ts';

declare const digestBrand: unique symbol;
/** 64 lower-case hexadecimal digits, made only here. */
export type SaltedDigest = string & { readonly [digestBrand]: true };

/** SHA-256 of a text's UTF-8 bytes in lower-case hex. Node gives a faster one than the portable default. */
export type Sha256Hex = (text: string) => string;

export interface SaltedDigestInput {
  readonly salt: string;
  readonly type: IdentifierType;
  readonly normalised: string;
}

export function saltedDigest(input: SaltedDigestInput, sha256Hex: Sha256Hex = portableSha256Hex): SaltedDigest {
  if (input.normalised === '') throw new RangeError('an empty value is never hashed');
  if (input.salt === '') throw new RangeError('a salt is never empty');
  return sha256Hex(`${input.salt}:${input.type}:${input.normalised}`) as SaltedDigest;
}

export function portableSha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
