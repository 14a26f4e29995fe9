// Who calls: proven by an API key, or by the one-time admin token for the first setup alone.
import type { AuditActor } from '../../audit/event.ts';
import type { Role } from '../../policies/access.ts';

export type { Role } from '../../policies/access.ts';

export interface Caller {
  readonly memberId: string;
  /** null for an operator. */
  readonly tenantId: string | null;
  readonly roles: readonly Role[];
  readonly apiKeyId: string;
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

export function actorOf(caller: Caller): AuditActor {
  return { kind: caller.roles.includes('operator') ? 'operator' : 'member', id: caller.memberId };
}

/** The start of an audit event by this caller; add event, outcome, subject and detail. */
export function byCaller(caller: Caller): { tenantId: string | null; actor: AuditActor } {
  return { tenantId: caller.tenantId, actor: actorOf(caller) };
}
