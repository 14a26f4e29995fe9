// Who calls: proven by an API key or a session, or by the one-time admin token for the first setup alone.
import type { AuditActor } from '../../audit/event.ts';
import type { Role } from '../../policies/access.ts';

export type { Role } from '../../policies/access.ts';

export interface Caller {
  readonly memberId: string;
  /** null for an operator. */
  readonly tenantId: string | null;
  readonly roles: readonly Role[];
  /** Of the API key or the session that proved it. */
  readonly credentialId: string;
  /** Present when a browser's session proved it. */
  readonly session?: { readonly id: string; readonly csrfToken: string };
  /** Permissions that the key is narrowed to; empty means all that the roles give. */
  readonly scopes: readonly string[];
  /** What an open break-glass read lets this caller read, who then has no roles. */
  readonly glass?: {
    readonly readId: string;
    readonly permissions: readonly string[];
    readonly until: string;
    readonly now: string;
  };
}

/** Whoever has proven nothing, at the operations that ask for nobody. */
export const NOBODY: Caller = { memberId: '', tenantId: null, roles: [], credentialId: '', scopes: [] };

export function actorOf(caller: Caller): AuditActor {
  return { kind: caller.roles.includes('operator') ? 'operator' : 'member', id: caller.memberId };
}

/** The start of an audit event by this caller; add event, outcome, subject and detail. */
export function byCaller(caller: Caller): { tenantId: string | null; actor: AuditActor } {
  return { tenantId: caller.tenantId, actor: actorOf(caller) };
}
