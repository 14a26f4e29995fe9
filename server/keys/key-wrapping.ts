// Wrapping: XChaCha20-Poly1305 with what the key is for as associated data, so a wrapped key moved to another row does not open.
import sodium from 'libsodium-wrappers';

export interface KeyName {
  readonly purpose: KeyPurpose;
  readonly ownerId: string;
  readonly objectId: string;
  readonly version: number;
}

export type KeyPurpose =
  | 'tenant-match'
  | 'collaboration-match'
  | 'upload'
  | 'salt'
  | 'log-signing'
  | 'egress'
  | 'credential'
  | 'answer'
  | 'suppression-input'
  | 'person-keys'
  | 'removal-outbox'
  | 'dead-letter'
  | 'deletion-input'
  | 'person-answer'
  | 'tombstone'
  | 'ddrf-signing'
  | 'second-factor'
  | 'oidc-sign-in';

/** base64 of nonce (24 bytes) ‖ ciphertext. */
export async function wrapKey(rootKey: Uint8Array, name: KeyName, key: Uint8Array): Promise<string> {
  await sodium.ready;
  const nonce = sodium.randombytes_buf(sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
  const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(key, associatedData(name), null, nonce, rootKey);
  return Buffer.concat([nonce, sealed]).toString('base64');
}

/** Throws when the root key is another one, or when the wrapped key was made for another name. */
export async function unwrapKey(rootKey: Uint8Array, name: KeyName, wrapped: string): Promise<Uint8Array> {
  await sodium.ready;
  const bytes = Buffer.from(wrapped, 'base64');
  const nonceBytes = sodium.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  const nonce = bytes.subarray(0, nonceBytes);
  return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
    null,
    bytes.subarray(nonceBytes),
    associatedData(name),
    nonce,
    rootKey,
  );
}

// Ids and purposes hold no bar, so the joined text is unambiguous.
function associatedData(name: KeyName): string {
  return [name.purpose, name.ownerId, name.objectId, name.version].join('|');
}
