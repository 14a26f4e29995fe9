// The gate before every operation: the access policies decide, and a refusal is recorded before it is told.
import { type AccessFacts, accessRequest, type Permission } from '../../policies/access.ts';
import type { Decision, PolicySet } from '../../policies/decide.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { ServiceError, type ShownDecision } from '../errors.ts';
import { isId } from '../ids.ts';
import { byCaller, type Caller } from './caller.ts';

export interface AccessQuestion {
  readonly caller: Caller;
  readonly permission: string;
  readonly resource: AccessFacts['resource'];
}

export interface AccessGround {
  readonly db: Database;
  readonly policies: PolicySet;
}

/** Throws `forbidden` with the decision and the id of its audit event. Features call it again for what is shared or approved. */
export async function authorise(ground: AccessGround, question: AccessQuestion): Promise<void> {
  const { caller, permission, resource } = question;
  const decision = ground.policies.decide(accessRequest(factsOf(question)));
  if (decision.outcome === 'allow') return;
  const eventId = await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'access.denied',
    outcome: 'denied',
    // What stands in the path is the caller's text, and a leaf cannot be taken back: only a well-formed id is kept.
    subject: { kind: resource.type, id: resource.id !== undefined && isId(resource.id) ? resource.id : '' },
    decision,
    detail: { permission },
  });
  throw new ServiceError('forbidden', {
    detail: `You are not permitted: ${permission}.`,
    decision: shownDecision(decision, eventId),
  });
}

/** A decision as the caller sees it. */
export function shownDecision(decision: Decision, eventId: string | null): ShownDecision {
  return {
    outcome: decision.outcome,
    reasons: [...decision.reasons],
    policies: [...decision.policies],
    policy_set_hash: decision.policySetHash,
    event_id: eventId,
  };
}

function factsOf({ caller, permission, resource }: AccessQuestion): AccessFacts {
  const { memberId: id, tenantId, roles, glass } = caller;
  const scopes = caller.scopes.length > 0 ? { scopes: caller.scopes as Permission[] } : {};
  const opened = glass === undefined ? {} : { glass };
  return { member: { id, tenantId, roles, ...scopes, ...opened }, permission: permission as Permission, resource };
}
