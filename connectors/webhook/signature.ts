// Standard Webhooks signatures: over `id.timestamp.body`, the body being the very bytes sent, all of them.
import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto';
import { TOLERANCE_MS } from './limits.ts';
import { decode, parsePublicKey, type SigningKey } from './signing-key.ts';

export interface SignedMessage {
  readonly id: string;
  /** Unix seconds of this attempt. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** Header names of the specification; several keys give several signatures, so that a key can be changed without a gap. */
export function signatureHeaders(message: SignedMessage, keys: readonly SigningKey[]): Record<string, string> {
  const content = contentOf(message);
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': keys.map((key) => `${key.scheme},${signatureOf(content, key)}`).join(' '),
  };
}

function signatureOf(content: Buffer, key: SigningKey): string {
  if (key.scheme === 'v1') return createHmac('sha256', key.secret).update(content).digest('base64');
  return sign(null, content, key.key).toString('base64');
}

/**
 * The receiver's side. `key` is the receiver's `whsec_` or `whpk_`: the scheme comes from it and never from the header, or a
 * public key could be passed off as an HMAC secret.
 */
export function verifySignature(
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  options: { key: string; nowMs: number },
): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  if (!id || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(options.nowMs - Number(timestamp) * 1000) > TOLERANCE_MS) return false;
  const content = contentOf({ id, timestamp: Number(timestamp), body });
  const secret = decode(options.key, 'whsec_');
  const publicKey = secret === undefined ? parsePublicKey(options.key) : undefined;
  const scheme = secret === undefined ? 'v1a' : 'v1';
  return (headers['webhook-signature'] ?? '').split(' ').some((entry) => {
    const [version, encoded] = entry.split(',');
    if (version !== scheme || encoded === undefined) return false;
    return secret === undefined ? isSigned(content, encoded, publicKey) : isHmac(content, encoded, secret);
  });
}

function isHmac(content: Buffer, encoded: string, secret: Buffer): boolean {
  const due = createHmac('sha256', secret).update(content).digest();
  const given = Buffer.from(encoded, 'base64');
  return given.length === due.length && timingSafeEqual(given, due);
}

const isSigned = (content: Buffer, encoded: string, key: KeyObject | undefined): boolean =>
  key !== undefined && verify(null, content, key, Buffer.from(encoded, 'base64'));

const contentOf = ({ id, timestamp, body }: SignedMessage): Buffer =>
  Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
