// The gate before every operation: the access policies decide, and a refusal is recorded before it is told.
import { type AccessFacts, accessRequest, type Permission } from '../../policies/access.ts';
import type { Decision, PolicySet } from '../../policies/decide.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { ServiceError, type ShownDecision } from '../errors.ts';
import { isId } from '../ids.ts';
import { byCaller, type Caller } from './caller.ts';
import { MAX_KEPT_ANSWERS } from './limits.ts';

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
  const facts = factsOf(question);
  if (isKnownAllowed(ground.policies, facts)) return;
  const decision = ground.policies.decide(accessRequest(facts));
  if (decision.outcome === 'allow') return keepAllowed(ground.policies, facts);
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

/** Every question asked of one policy set has one answer, so what it once allowed it allows: the facts are the key, roles among them. */
const allowed = new WeakMap<PolicySet, Set<string>>();

function isKnownAllowed(policies: PolicySet, facts: AccessFacts): boolean {
  return allowed.get(policies)?.has(keyOf(policies, facts)) === true;
}

function keepAllowed(policies: PolicySet, facts: AccessFacts): void {
  // What was opened for a time asks with the time, so no question comes twice.
  if (facts.member.glass !== undefined) return;
  const kept = allowed.get(policies) ?? new Set();
  if (kept.size >= MAX_KEPT_ANSWERS) kept.clear();
  allowed.set(policies, kept.add(keyOf(policies, facts)));
}

function keyOf({ hash }: PolicySet, facts: AccessFacts): string {
  return `${hash} ${JSON.stringify(facts)}`;
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
