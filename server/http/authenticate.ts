// Proves the caller by API key: 256 random bits, of which only the SHA-256 is stored, compared in constant time.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import { findCredential, touchApiKey } from '../tenants/api-key-store.ts';
import type { Caller } from './caller.ts';
import { setCaller } from './request-context.ts';

const TOKEN = /^ecl_(key_[0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;
const NO_DIGEST = Buffer.alloc(32);

export function authenticate(ground: { db: Database; clock: Clock }): RequestHandler {
  return async (request, _response, next) => {
    setCaller(request, await callerOf(request, ground));
    next();
  };
}

/** Throws `unauthenticated`, for whatever reason, in the same words. */
export function callerOf(request: IncomingMessage, ground: { db: Database; clock: Clock }): Promise<Caller> {
  // Whose key it is comes out only here, so this one question is asked of every tenant's keys.
  return asService(() => provenCaller(request, ground));
}

async function provenCaller(request: IncomingMessage, ground: { db: Database; clock: Clock }): Promise<Caller> {
  const [, apiKeyId, secret] = TOKEN.exec(bearerOf(request)) ?? [];
  if (apiKeyId === undefined || secret === undefined) throw new ServiceError('unauthenticated');
  const credential = await findCredential(ground.db, apiKeyId);
  const expected = credential ? Buffer.from(credential.secretDigest, 'hex') : NO_DIGEST;
  const proven = timingSafeEqual(secretDigest(secret), expected);
  const now = ground.clock.now().toISOString();
  if (!proven || credential === undefined) throw new ServiceError('unauthenticated');
  if (!credential.active || (credential.expiresAt !== null && credential.expiresAt <= now))
    throw new ServiceError('unauthenticated');
  await touchApiKey(ground.db, { apiKeyId, lastUsedAt: credential.lastUsedAt, now });
  return credential.caller;
}

export function bearerOf(request: IncomingMessage): string {
  const [scheme, token, ...more] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && more.length === 0 ? token : '';
}

export function secretDigest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
