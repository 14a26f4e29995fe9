// Ed25519 (RFC 8032): libsodium where the program runs in Node; in a browser, whose policy forbids WebAssembly, the browser's own.
// Both refuse small-order keys and non-canonical signatures.
import { AuditError } from './audit-error.ts';
import { verifyInBrowser } from './ed25519-browser.ts';

export const PUBLIC_KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** `secretKey` is the 32-byte seed of RFC 8032, or libsodium's 64 bytes of seed and public key. */
export async function signEd25519(options: { message: Uint8Array; secretKey: Uint8Array }): Promise<Uint8Array> {
  const { privateKey } = await keyPairOf(options.secretKey);
  return (await openSodium()).crypto_sign_detached(options.message, privateKey);
}

export async function publicKeyOf(secretKey: Uint8Array): Promise<Uint8Array> {
  return (await keyPairOf(secretKey)).publicKey;
}

export async function verifyEd25519(options: {
  message: Uint8Array;
  signature: Uint8Array;
  publicKey: Uint8Array;
}): Promise<boolean> {
  const { message, signature, publicKey } = options;
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== PUBLIC_KEY_BYTES) return false;
  if (IS_BROWSER) return verifyInBrowser(options);
  return (await openSodium()).crypto_sign_verify_detached(signature, message, publicKey);
}

const IS_BROWSER = globalThis.process?.versions?.node === undefined;

type Sodium = typeof import('libsodium-wrappers')['default'];
let opened: Promise<Sodium> | undefined;

// Loaded when it is first needed: a browser that only verifies never asks for it.
function openSodium(): Promise<Sodium> {
  opened ??= import('libsodium-wrappers').then(async ({ default: sodium }) => {
    await sodium.ready;
    return sodium;
  });
  return opened;
}

// The pair is derived again from the seed, so that a 64-byte key with a foreign public half can never sign.
async function keyPairOf(secretKey: Uint8Array): Promise<{ privateKey: Uint8Array; publicKey: Uint8Array }> {
  if (secretKey.length !== 32 && secretKey.length !== 64)
    throw new AuditError('key_malformed', 'an Ed25519 secret key has 32 or 64 bytes');
  return (await openSodium()).crypto_sign_seed_keypair(secretKey.subarray(0, 32));
}
