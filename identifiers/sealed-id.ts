// Sealed activation ids. A partner encrypts platform digests under a random file key and seals that key to the service's egress
// public key (libsodium crypto_box_seal), so the service can open them only where it holds the private key: while delivering.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** What travels beside the hashed file, as `<output>.key.json`. */
export interface SealedFileKey {
  readonly version: 1;
  /** The first 16 hexadecimal digits of SHA-256 of the public key: tells which private key opens it. */
  readonly publicKeyId: string;
  /** base64url of crypto_box_seal(file key). */
  readonly sealedFileKey: string;
}

export interface SealingKeyPair {
  readonly publicKey: Uint8Array;
  readonly privateKey: Uint8Array;
}

export type SealedIdCode = 'sealed_value_malformed' | 'sealed_value_forged' | 'file_key_malformed' | 'file_key_foreign';

export class SealedIdError extends Error {
  readonly code: SealedIdCode;

  constructor(code: SealedIdCode) {
    super(SEALED_ID_MESSAGES[code]);
    this.name = 'SealedIdError';
    this.code = code;
  }
}

const SEALED_ID_MESSAGES: Readonly<Record<SealedIdCode, string>> = {
  sealed_value_malformed: 'a sealed value is sealed1. and base64url of nonce and ciphertext',
  sealed_value_forged: 'the sealed value was altered, or belongs to another file or profile',
  file_key_malformed: 'the sealed file key is not valid',
  file_key_foreign: 'the file key was sealed for another private key',
};

const PREFIX = 'sealed1.';
const FILE_KEY_BYTES = 32;
const NONCE_BYTES = 24;
const PUBLIC_KEY_BYTES = 32;

/** libsodium is compiled on first use, so that whoever seals nothing does not pay for it. */
async function sodium() {
  const { default: library } = await import('libsodium-wrappers');
  await library.ready;
  return library;
}

export async function makeSealingKeyPair(): Promise<SealingKeyPair> {
  const { publicKey, privateKey } = (await sodium()).crypto_box_keypair();
  return { publicKey, privateKey };
}

export function publicKeyId(publicKey: Uint8Array): string {
  return bytesToHex(sha256(publicKey)).slice(0, 16);
}

/** A random file key, and the same sealed for the holder of the private key. */
export async function makeFileKey(publicKey: Uint8Array): Promise<{ fileKey: Uint8Array; sealed: SealedFileKey }> {
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new SealedIdError('file_key_malformed');
  const library = await sodium();
  const fileKey = library.randombytes_buf(FILE_KEY_BYTES);
  const sealedFileKey = toBase64url(library.crypto_box_seal(fileKey, publicKey));
  return { fileKey, sealed: { version: 1, publicKeyId: publicKeyId(publicKey), sealedFileKey } };
}

export async function openFileKey(sealed: SealedFileKey, keys: SealingKeyPair): Promise<Uint8Array> {
  if (sealed.version !== 1) throw new SealedIdError('file_key_malformed');
  if (sealed.publicKeyId !== publicKeyId(keys.publicKey)) throw new SealedIdError('file_key_foreign');
  const bytes = fromBase64url(sealed.sealedFileKey);
  if (bytes === undefined) throw new SealedIdError('file_key_malformed');
  try {
    return (await sodium()).crypto_box_seal_open(bytes, keys.publicKey, keys.privateKey);
  } catch {
    throw new SealedIdError('file_key_foreign');
  }
}

/** Seals one platform digest; the profile is authenticated with it, so a value cannot move to another column. */
export type SealValue = (profile: string, digest: string) => string;
export type OpenValue = (profile: string, sealed: string) => string;

export async function sealerOf(fileKey: Uint8Array): Promise<SealValue> {
  const library = await sodium();
  return (profile, digest) => {
    const nonce = library.randombytes_buf(NONCE_BYTES);
    const text = library.crypto_aead_xchacha20poly1305_ietf_encrypt(digest, profile, null, nonce, fileKey);
    const sealed = new Uint8Array(NONCE_BYTES + text.length);
    sealed.set(nonce);
    sealed.set(text, NONCE_BYTES);
    return PREFIX + toBase64url(sealed);
  };
}

export async function openerOf(fileKey: Uint8Array): Promise<OpenValue> {
  const library = await sodium();
  return (profile, sealed) => {
    const bytes = sealed.startsWith(PREFIX) ? fromBase64url(sealed.slice(PREFIX.length)) : undefined;
    if (bytes === undefined || bytes.length <= NONCE_BYTES) throw new SealedIdError('sealed_value_malformed');
    const [nonce, text] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
    try {
      const opened = library.crypto_aead_xchacha20poly1305_ietf_decrypt(null, text, profile, nonce, fileKey);
      return new TextDecoder().decode(opened);
    } catch {
      throw new SealedIdError('sealed_value_forged');
    }
  };
}

export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

export function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
}
