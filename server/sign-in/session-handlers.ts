// The operations of sessions: signing in and out, and the member's own list of open sessions.
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { takeCookieBack } from './open-session.ts';
import { isOpen, sessionBody } from './session.ts';
import { endSessionRow, listSessionRows } from './session-store.ts';
import { signIn } from './sign-in.ts';
import { sessionState } from './signed-in.ts';
import { redeemWelcomeLink } from './welcome-link.ts';

type Operations =
  | 'getSession'
  | 'createSession'
  | 'endSession'
  | 'redeemWelcomeLink'
  | 'listSessions'
  | 'revokeSession';

export function sessionHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    getSession: ({ caller }) => sessionState(ground, caller),
    createSession: ({ body, exchange }) => signIn(ground, body, exchange),
    endSession: (request) => endSession(ground, request),
    redeemWelcomeLink: ({ body, exchange }) => redeemWelcomeLink(ground, body, exchange),
    listSessions: ({ caller }) => listSessions(ground, caller),
    revokeSession: (request) => revokeSession(ground, request),
  };
}

/** The session that proved the caller. Throws for an API key, which the router does not let this far. */
export function sessionOf({ session }: Caller): NonNullable<Caller['session']> {
  if (session === undefined) throw new ServiceError('session_needed');
  return session;
}

async function endSession(ground: Ground, { caller, exchange }: OperationRequest<'endSession'>): Promise<undefined> {
  await end(ground, { caller, id: sessionOf(caller).id, event: 'session.ended' });
  takeCookieBack(exchange);
}

async function listSessions(ground: Ground, caller: Caller) {
  const rows = await listSessionRows(ground.db.knex, caller.memberId);
  const now = ground.clock.now();
  return { items: rows.filter((row) => isOpen(row, now)).map((row) => sessionBody(row, caller.session?.id)) };
}

async function revokeSession(
  ground: Ground,
  { caller, params, exchange }: OperationRequest<'revokeSession'>,
): Promise<undefined> {
  await end(ground, { caller, id: params.session_id, event: 'session.revoked' });
  if (params.session_id === caller.session?.id) takeCookieBack(exchange);
}

async function end(
  ground: Ground,
  of: { caller: Caller; id: string; event: 'session.ended' | 'session.revoked' },
): Promise<void> {
  const event = {
    ...byCaller(of.caller),
    event: of.event,
    outcome: 'succeeded',
    subject: { kind: 'session', id: of.id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const session = { id: of.id, memberId: of.caller.memberId, at: instantOf(ground.clock) };
    if (!(await endSessionRow(tx, session))) throw notFound('open session');
  });
}
