// An export of keys for backup or escrow: sealed to a public key that is named beforehand, approved, collected within a day.
import { createHash } from 'node:crypto';
import sodium from 'libsodium-wrappers';
import { canonicalJson } from '../../audit/canonical-json.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import { ServiceError } from '../errors.ts';

export interface ExportedKeyName {
  readonly purpose: 'tenant-match' | 'collaboration-match';
  readonly object: string;
  readonly version: number;
}

export interface KeyExport {
  readonly id: string;
  readonly tenantId: string;
  /** Null: the tenant's own match key. */
  readonly collaborationId: string | null;
  readonly status: 'requested' | 'approved' | 'refused' | 'expired' | 'collected';
  readonly reason: string;
  /** X25519, 32 bytes in base64. */
  readonly recipientPublicKey: string;
  readonly keys: readonly ExportedKeyName[];
  readonly requestedBy: string;
  readonly createdAt: string;
  readonly collectUntil: string | null;
  readonly collectedAt: string | null;
}

export const keyExports = recordStore('key_exports', {
  noun: 'key export',
  mapping: rowMapping<KeyExport>(['keys']),
});

/** A day: long enough to walk to the safe. */
export const COLLECT_WITHIN_MS = 24 * 3_600_000;

const PUBLIC_KEY_BYTES = 32;

/** Read aloud before approving: the first 16 bytes of the SHA-256 of the public key, in groups of four digits. */
export function fingerprintOf(publicKey: string): string {
  const digest = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex').slice(0, 32);
  return digest.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** Throws `request_invalid` for what is no X25519 public key, or one that everybody could open. */
export async function assertPublicKey(publicKey: string): Promise<void> {
  await sodium.ready;
  const bytes = Buffer.from(publicKey, 'base64');
  if (bytes.length === PUBLIC_KEY_BYTES && bytes.toString('base64') === publicKey && isUsable(bytes)) return;
  const hint = '`ecluse keys escrow-key` makes a pair.';
  const message = 'This is no X25519 public key: 32 bytes in base64.';
  throw new ServiceError('request_invalid', { errors: [{ pointer: '/recipient_public_key', message, hint }] });
}

/** Points of small order make the agreed secret zero, whoever holds the private key (RFC 7748, section 6.1). */
function isUsable(publicKey: Uint8Array): boolean {
  try {
    sodium.crypto_scalarmult(sodium.randombytes_buf(PUBLIC_KEY_BYTES), publicKey);
    return true;
  } catch {
    return false;
  }
}

export interface ExportedKey extends ExportedKeyName {
  /** base64. */
  readonly key: string;
}

/** What the recipient reads once it is opened. */
export interface KeyBundle {
  readonly format: 'ecluse-key-export/1';
  readonly export: string;
  readonly tenant: string;
  readonly exported_at: string;
  readonly keys: readonly ExportedKey[];
}

/** libsodium's crypto_box_seal over the canonical JSON of the bundle, in base64. */
export async function sealBundle(bundle: KeyBundle, recipientPublicKey: string): Promise<string> {
  await sodium.ready;
  const text = new TextEncoder().encode(canonicalJson(bundle));
  const sealed = sodium.crypto_box_seal(text, Buffer.from(recipientPublicKey, 'base64'));
  return Buffer.from(sealed).toString('base64');
}

/** Throws when the private key is another one. */
export async function openBundle(sealed: string, privateKey: Uint8Array): Promise<KeyBundle> {
  await sodium.ready;
  const publicKey = sodium.crypto_scalarmult_base(privateKey);
  const text = sodium.crypto_box_seal_open(Buffer.from(sealed, 'base64'), publicKey, privateKey);
  return JSON.parse(new TextDecoder().decode(text)) as KeyBundle;
}
