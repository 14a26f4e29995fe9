// Ed25519 by WebCrypto, at least as strict as libsodium: what a browser may leave to its caller is checked here first.
// So a receipt that verifies in a browser verifies on the command line as well.

/** 2^255 − 19, the field. */
const FIELD = (1n << 255n) - 19n;
/** The order of the group (RFC 8032 section 5.1). */
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const ORDER_8_Y = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** The y of each of the eight points of small order. */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, FIELD - 1n, ORDER_8_Y, FIELD - ORDER_8_Y]);

/** 64 bytes of signature, 32 of key. False, too, where the browser knows no Ed25519: nothing is believed unchecked. */
export async function verifyInBrowser(options: {
  message: Uint8Array;
  signature: Uint8Array;
  publicKey: Uint8Array;
}): Promise<boolean> {
  const { message, signature, publicKey } = options;
  if (!isSoundPoint(publicKey) || !isSoundPoint(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', copyOf(publicKey), 'Ed25519', false, ['verify']).catch(() => undefined);
  return key !== undefined && subtle.verify('Ed25519', key, copyOf(signature), copyOf(message));
}

/** In its only spelling, and of large order: a small-order key would accept what nobody signed. */
function isSoundPoint(bytes: Uint8Array): boolean {
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  return y < FIELD && !SMALL_ORDER.has(y);
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

// WebCrypto wants a buffer that nobody else can be writing to.
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
