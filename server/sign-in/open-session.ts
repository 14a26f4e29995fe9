// Opens a session within a transaction, and hands its cookie to the browser once the transaction has landed.
import type { Session } from '../../openapi/generated/api.ts';
import type { AuditDraft, AuditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import type { Ground } from '../ground.ts';
import { actorOf, type Caller, type Role } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import { SESSION_LIFETIME_MS } from './limits.ts';
import {
  csrfTokenOf,
  makeSession,
  type NewSession,
  readSessionCookie,
  SESSION_COOKIE,
  type SessionWay,
} from './session.ts';
import { insertSession } from './session-store.ts';
import { sessionState } from './signed-in.ts';

/** Whoever signs in. */
export interface Arrival {
  readonly memberId: string;
  readonly tenantId: string | null;
  readonly roles: readonly Role[];
}

export async function openSession(
  tx: AuditedTransaction,
  ground: Ground,
  of: { arrival: Arrival; way: SessionWay; hasSecondFactor: boolean; exchange: Exchange },
): Promise<NewSession> {
  const session = makeSession({
    member: { id: of.arrival.memberId, tenantId: of.arrival.tenantId },
    way: of.way,
    hasSecondFactor: of.hasSecondFactor,
    userAgent: of.exchange.userAgent,
    now: ground.clock.now(),
  });
  await insertSession(tx, session.row);
  return session;
}

/** The start of an event by whoever signs in. */
export function byArrival({ memberId, tenantId, roles }: Arrival): Pick<AuditDraft, 'tenantId' | 'actor'> {
  return { tenantId, actor: actorOf({ memberId, tenantId, roles, credentialId: '', scopes: [] }) };
}

export function openedEvent(arrival: Arrival, session: NewSession): AuditDraft {
  const { id, way, has_second_factor } = session.row;
  return {
    ...byArrival(arrival),
    event: 'session.opened',
    outcome: 'succeeded',
    subject: { kind: 'session', id },
    detail: { way, secondFactor: has_second_factor === 1 },
  };
}

export function giveCookie(exchange: Exchange, session: NewSession): void {
  exchange.setCookie({
    name: SESSION_COOKIE,
    value: session.cookieValue,
    maxAgeSeconds: SESSION_LIFETIME_MS / 1000,
    sameSite: 'strict',
  });
}

export function takeCookieBack(exchange: Exchange): void {
  exchange.setCookie({ name: SESSION_COOKIE, value: '', maxAgeSeconds: 0, sameSite: 'strict' });
}

/** Sets the cookie and answers as GET /v1/session will. */
export async function welcomeIn(
  ground: Ground,
  of: { arrival: Arrival; session: NewSession; exchange: Exchange },
): Promise<Session> {
  giveCookie(of.exchange, of.session);
  return asService(() => sessionState(ground, callerOf(of.arrival, of.session)));
}

function callerOf({ memberId, tenantId, roles }: Arrival, { row, cookieValue }: NewSession): Caller {
  const secret = readSessionCookie(cookieValue)?.secret ?? '';
  const session = { id: row.id, csrfToken: csrfTokenOf(secret) };
  return { memberId, tenantId, roles, credentialId: row.id, scopes: [], session };
}
