// Keys of signed notes (c2sp.org/signed-note): names, key ids and verifier keys. Only Ed25519 and its cosignatures are known.
import { AuditError } from './audit-error.ts';
import { base64Of, bytesEqual, concatBytes, findBase64, findHex, hexOf } from './bytes.ts';
import { PUBLIC_KEY_BYTES, publicKeyOf } from './ed25519.ts';
import { sha256 } from './sha256.ts';

/** The assigned signature type bytes that this product makes and accepts. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = keyof typeof SIGNATURE_TYPES;

export interface VerifierKey {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Uint8Array;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

/** `secretKey`: 32-byte Ed25519 seed, or libsodium's 64 bytes. */
export interface NoteSigner {
  readonly name: string;
  readonly secretKey: Uint8Array;
}

/** `name+hex(key id)+base64(type ‖ public key)`. Throws `key_malformed`, also when the key id is not the key's. */
export function parseVerifierKey(text: string): VerifierKey {
  const [name, id, ...rest] = text.split('+');
  // The base64 part may itself contain the plus sign.
  const encoded = findBase64(rest.join('+'));
  const keyId = findHex(id ?? '');
  if (name === undefined || !isKeyName(name)) throw malformed('its name');
  if (keyId?.length !== 4) throw malformed('its key id');
  if (rest.length === 0 || encoded === undefined) throw malformed('its base64');
  const type = typeOf(encoded[0]);
  if (type === undefined) throw malformed('its signature type is not supported');
  if (encoded.length !== 1 + PUBLIC_KEY_BYTES) throw malformed('its length');
  const publicKey = encoded.subarray(1);
  if (!bytesEqual(keyId, keyIdOf({ name, type, publicKey }))) throw malformed('its key id does not fit the key');
  return { name, keyId, type, publicKey };
}

export function verifierKeyText(key: VerifierKey): string {
  const encoded = concatBytes(Uint8Array.of(SIGNATURE_TYPES[key.type]), key.publicKey);
  return `${key.name}+${hexOf(key.keyId)}+${base64Of(encoded)}`;
}

/** The public side of a signer. One key pair must not serve two types: give witnesses a key of their own. */
export async function verifierKeyOf(signer: NoteSigner, type: SignatureType = 'ed25519'): Promise<VerifierKey> {
  if (!isKeyName(signer.name)) throw malformed('its name');
  const publicKey = await publicKeyOf(signer.secretKey);
  return { name: signer.name, keyId: keyIdOf({ name: signer.name, type, publicKey }), type, publicKey };
}

/** The same public key under another name, which is another verifier key. */
export function keyNamed(name: string, { type, publicKey }: VerifierKey): VerifierKey {
  if (!isKeyName(name)) throw malformed('its name');
  return { name, keyId: keyIdOf({ name, type, publicKey }), type, publicKey };
}

/** Non-empty, no Unicode space, no plus sign, no control character. */
export function isKeyName(name: string): boolean {
  // \s lacks U+0085, which Unicode counts as white space, and has U+FEFF, which it does not.
  return name !== '' && name.isWellFormed() && !/[+\p{White_Space}]/u.test(name) && !hasControl(name);
}

/** Any ASCII control character below U+0020 but newline; a note must have none. */
export function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 0x20 && text[i] !== '\n') return true;
  return false;
}

// key ID = SHA-256(key name ‖ 0x0A ‖ signature type ‖ public key)[:4]
function keyIdOf(key: Omit<VerifierKey, 'keyId'>): Uint8Array {
  const name = new TextEncoder().encode(`${key.name}\n`);
  return sha256(concatBytes(name, Uint8Array.of(SIGNATURE_TYPES[key.type]), key.publicKey)).subarray(0, 4);
}

function typeOf(byte: number | undefined): SignatureType | undefined {
  if (byte === SIGNATURE_TYPES.ed25519) return 'ed25519';
  return byte === SIGNATURE_TYPES.cosignature ? 'cosignature' : undefined;
}

function malformed(what: string): AuditError {
  return new AuditError('key_malformed', `not a verifier key: ${what}`);
}
