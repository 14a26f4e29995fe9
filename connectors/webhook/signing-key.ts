// Keys of Standard Webhooks: `whsec_` HMAC secrets, `whsk_`/`whpk_` Ed25519 keys, each with base64 after the prefix.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SECRET_BYTES } from './limits.ts';

export type SigningKey =
  | { readonly scheme: 'v1'; readonly secret: Buffer }
  | { readonly scheme: 'v1a'; readonly key: KeyObject };

/** DER of an Ed25519 key up to its 32 bytes: RFC 8410 sections 4 and 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** Undefined when the text is no signing key. */
export function parseSigningKey(text: string): SigningKey | undefined {
  const bytes = decode(text, 'whsec_');
  if (bytes !== undefined) {
    return bytes.length >= SECRET_BYTES.least && bytes.length <= SECRET_BYTES.most
      ? { scheme: 'v1', secret: bytes }
      : undefined;
  }
  const seed = decode(text, 'whsk_');
  // Either the seed alone or, as libsodium keeps it, the seed with the public key behind it.
  if (seed === undefined || (seed.length !== 32 && seed.length !== 64)) return undefined;
  const der = Buffer.concat([PKCS8_PREFIX, seed.subarray(0, 32)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const isWhole = seed.length === 32 || publicBytes(key).equals(seed.subarray(32));
  return isWhole ? { scheme: 'v1a', key } : undefined;
}

/** What a receiver needs: the secret itself, or the public half as `whpk_`. */
export function verificationKey(signing: SigningKey): string {
  if (signing.scheme === 'v1') return `whsec_${signing.secret.toString('base64')}`;
  return `whpk_${publicBytes(signing.key).toString('base64')}`;
}

export function parsePublicKey(text: string): KeyObject | undefined {
  const bytes = decode(text, 'whpk_');
  if (bytes?.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
}

const publicBytes = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);

/** Strict base64: a mistyped key is refused, not shortened. */
export function decode(text: string, prefix: string): Buffer | undefined {
  const encoded = text.slice(prefix.length);
  if (!text.startsWith(prefix) || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '') ? bytes : undefined;
}
