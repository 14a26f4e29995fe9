// The envelope around requests and answers of a UID2 or EUID operator: AES-256-GCM under the client secret.
// unifiedid.com/docs, "Encryption and Decryption".
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { PermanentError } from '../kit/errors.ts';

/** In base64: a request is 01 | IV | AES-GCM(milliseconds, int64 BE | nonce | JSON) | tag; an answer is the same without 01. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_BYTES = 8;
const HEAD_BYTES = 8 + NONCE_BYTES;

export interface Sealing {
  /** 32 bytes. */
  readonly secret: Buffer;
  readonly nowMs: number;
  /** 8 bytes, fresh for each request: the answer has to repeat it. */
  readonly nonce: Buffer;
  /** 12 bytes, never used twice under one secret. */
  readonly iv: Buffer;
  readonly content: unknown;
}

export function sealRequest({ secret, nowMs, nonce, iv, content }: Sealing): string {
  return Buffer.concat([Buffer.from([VERSION]), sealed({ secret, nowMs, nonce, iv, content })]).toString('base64');
}

/** As an operator seals its answer. */
export const sealAnswer = (sealing: Sealing): string => sealed(sealing).toString('base64');

function sealed({ secret, nowMs, nonce, iv, content }: Sealing): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigInt64BE(BigInt(nowMs));
  const cipher = createCipheriv('aes-256-gcm', secret, iv);
  const text = Buffer.concat([head, nonce, Buffer.from(JSON.stringify(content))]);
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

export interface Opened {
  readonly atMs: number;
  readonly nonce: Buffer;
  readonly content: unknown;
}

/** Undefined for what was not sealed under this secret. */
export function openRequest(text: string, secret: Buffer): Opened | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes[0] === VERSION ? opened(bytes.subarray(1), secret) : undefined;
}

/** Throws PermanentError for an answer that is not to the request with this nonce: one that was recorded and played again. */
export function openAnswer(text: string, of: { readonly secret: Buffer; readonly nonce: Buffer }): unknown {
  const answer = opened(Buffer.from(text, 'base64'), of.secret);
  if (answer === undefined || !answer.nonce.equals(of.nonce)) {
    throw new PermanentError('answer_invalid', 'the operator’s answer does not belong to what it was asked');
  }
  return answer.content;
}

function opened(bytes: Buffer, secret: Buffer): Opened | undefined {
  if (bytes.length < IV_BYTES + HEAD_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    const content: unknown = JSON.parse(text.subarray(HEAD_BYTES).toString('utf8'));
    return { atMs: Number(text.readBigInt64BE(0)), nonce: text.subarray(8, HEAD_BYTES), content };
  } catch {
    return undefined;
  }
}
