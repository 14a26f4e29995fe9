// Proves the caller by API key or by a browser's session: 256 random bits each, of which only the SHA-256 is stored, compared in constant time.
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { asService } from '../database/row-scope.ts';
import { ServiceError } from '../errors.ts';
import { callerOfSession } from '../sign-in/session-caller.ts';
import { findCredential, touchApiKey } from '../tenants/api-key-store.ts';
import { type Caller, NOBODY } from './caller.ts';
import { setCaller } from './request-context.ts';
import { assertSameOrigin, isSafe } from './same-origin.ts';
import { secretDigest } from './secret-digest.ts';

const TOKEN = /^ecl_(key_[0-9a-hjkmnp-tv-z]{26})_([A-Za-z0-9_-]{43})$/;
const NO_DIGEST = Buffer.alloc(32);
const CSRF_HEADER = 'x-ecluse-csrf';

export interface CallerGround {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: { readonly publicUrl: string };
}

export function authenticate(ground: CallerGround): RequestHandler {
  return async (request, _response, next) => {
    setCaller(request, await callerOf(request, ground));
    next();
  };
}

/** Throws `unauthenticated`, for whatever reason, in the same words; `csrf_refused` for what another site's page may have sent. */
export async function callerOf(request: IncomingMessage, ground: CallerGround): Promise<Caller> {
  const caller = await findCallerOf(request, ground);
  if (caller === undefined) throw new ServiceError('unauthenticated');
  if (caller.session !== undefined && !isSafe(request)) assertOwnPage(request, ground, caller.session.csrfToken);
  return caller;
}

/** Where anyone may come: signing in. Whoever is proven is known, and a page of another site signs nobody in. */
export function admitAnyone(ground: CallerGround): RequestHandler {
  return async (request, _response, next) => {
    if (!isSafe(request)) assertSameOrigin(request, ground.config.publicUrl);
    setCaller(request, (await findCallerOf(request, ground)) ?? NOBODY);
    next();
  };
}

function findCallerOf(request: IncomingMessage, ground: CallerGround): Promise<Caller | undefined> {
  // Whose key or session it is comes out only here, so this one question is asked of every tenant's.
  return asService(() =>
    request.headers.authorization === undefined ? callerOfSession(request, ground) : callerOfApiKey(request, ground),
  );
}

function assertOwnPage(request: IncomingMessage, { config }: CallerGround, expected: string): void {
  assertSameOrigin(request, config.publicUrl);
  const given = request.headers[CSRF_HEADER];
  const isRight = typeof given === 'string' && timingSafeEqual(secretDigest(given), secretDigest(expected));
  if (isRight) return;
  throw new ServiceError('csrf_refused', { detail: 'Send X-Ecluse-Csrf with the csrf_token of GET /v1/session.' });
}

async function callerOfApiKey(request: IncomingMessage, ground: CallerGround): Promise<Caller | undefined> {
  const [, apiKeyId, secret] = TOKEN.exec(bearerOf(request)) ?? [];
  if (apiKeyId === undefined || secret === undefined) return undefined;
  const credential = await findCredential(ground.db, apiKeyId);
  const expected = credential ? Buffer.from(credential.secretDigest, 'hex') : NO_DIGEST;
  const proven = timingSafeEqual(secretDigest(secret), expected);
  const now = ground.clock.now().toISOString();
  if (!proven || credential === undefined) return undefined;
  if (!credential.active || (credential.expiresAt !== null && credential.expiresAt <= now)) return undefined;
  await touchApiKey(ground.db, { apiKeyId, lastUsedAt: credential.lastUsedAt, now });
  return credential.caller;
}

export function bearerOf(request: IncomingMessage): string {
  const [scheme, token, ...more] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' && token !== undefined && more.length === 0 ? token : '';
}
