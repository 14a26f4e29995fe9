// Who a browser's cookie proves: the member of an open session, with the roles it has now.
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Caller, Role } from '../http/caller.ts';
import { cookieOf } from '../http/exchange.ts';
import { secretDigest } from '../http/secret-digest.ts';
import { csrfTokenOf, isOpen, readSessionCookie, SESSION_COOKIE } from './session.ts';
import { findSessionCredential, touchSession } from './session-store.ts';

/** Undefined for a cookie that proves nobody. */
export async function callerOfSession(
  request: IncomingMessage,
  ground: { db: Database; clock: Clock },
): Promise<Caller | undefined> {
  const cookie = readSessionCookie(cookieOf(request.headers.cookie, SESSION_COOKIE) ?? '');
  if (cookie === undefined) return undefined;
  const row = await findSessionCredential(ground.db, cookie.id);
  if (row === undefined) return undefined;
  const proven = timingSafeEqual(secretDigest(cookie.secret), Buffer.from(row.secret_digest, 'hex'));
  const isActive = row.member_status === 'active' && (row.tenant_status ?? 'active') === 'active';
  const now = ground.clock.now();
  if (!proven || !isActive || !isOpen(row, now)) return undefined;
  await touchSession(ground.db, row, now);
  return {
    memberId: row.member_id,
    tenantId: row.tenant_id,
    roles: JSON.parse(row.roles) as Role[],
    credentialId: row.id,
    scopes: [],
    session: { id: row.id, csrfToken: csrfTokenOf(cookie.secret) },
  };
}
