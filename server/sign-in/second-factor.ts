// The second factor: codes by time (RFC 6238) of an authenticator, each accepted once, and recovery codes for the day it is lost.
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { secretDigest } from '../http/secret-digest.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { RECOVERY_CODE_CHARACTERS, RECOVERY_CODES, TOTP_WINDOW } from './limits.ts';
import type { SignInRow } from './member-sign-in.ts';

const ISSUER = 'Écluse';
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;

export interface IssuedSecret {
  readonly secret: string;
  readonly uri: string;
  /** Under the root key, for the row. */
  readonly wrapped: string;
}

export async function issueSecret(
  rootKey: Uint8Array,
  member: { readonly id: string; readonly label: string },
): Promise<IssuedSecret> {
  const secret = new Secret({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer });
  const wrapped = await wrapKey(rootKey, keyName(member.id), secret.bytes);
  return { secret: secret.base32, uri: totpOf(secret, member.label).toString(), wrapped };
}

/** What is to be stored when a code was right; undefined when it was not. */
export type SpentCode = { readonly totp_step: number } | { readonly recovery_digests: string };

/** A code of the authenticator that was not used before, or a recovery code. */
export async function spendCode(
  rootKey: Uint8Array,
  row: SignInRow,
  { code, now }: { code: string; now: Date },
): Promise<SpentCode | undefined> {
  const text = code.replaceAll(/[\s-]/g, '').toLowerCase();
  if (/^\d{6}$/.test(text)) return spendTotp(rootKey, row, { code: text, now });
  const digests = JSON.parse(row.recovery_digests) as string[];
  const digest = secretDigest(text).toString('hex');
  if (row.totp_state !== 'active' || !digests.includes(digest)) return undefined;
  return { recovery_digests: JSON.stringify(digests.filter((other) => other !== digest)) };
}

async function spendTotp(
  rootKey: Uint8Array,
  row: SignInRow,
  { code, now }: { code: string; now: Date },
): Promise<{ totp_step: number } | undefined> {
  if (row.totp_secret === null) return undefined;
  const bytes = await unwrapKey(rootKey, keyName(row.member_id), row.totp_secret);
  const totp = totpOf(new Secret({ buffer: new Uint8Array(bytes).buffer }), '');
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: TOTP_WINDOW });
  if (delta === null) return undefined;
  const step = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta;
  // RFC 6238, section 5.2: a code must not be accepted a second time.
  return row.totp_step !== null && step <= row.totp_step ? undefined : { totp_step: step };
}

function totpOf(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: ISSUER, label, secret, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS });
}

function keyName(memberId: string) {
  return { purpose: 'second-factor', ownerId: memberId, objectId: 'totp', version: 1 } as const;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

export function makeRecoveryCodes(): { readonly codes: string[]; readonly digests: string } {
  const codes = Array.from({ length: RECOVERY_CODES }, () =>
    Array.from(randomBytes(RECOVERY_CODE_CHARACTERS), (byte) => ALPHABET[byte & 31]).join(''),
  );
  const digests = codes.map((code) => secretDigest(code).toString('hex'));
  return { codes: codes.map((code) => code.replaceAll(/(.{5})(?=.)/g, '$1-')), digests: JSON.stringify(digests) };
}
