// A decision: what was decided, by which policies of which policy set, and why not.
// Only evaluating a policy set makes one, so that an "allow" typed by hand releases nothing.
import type { DenyReason } from './deny-reason.ts';

declare const genuine: unique symbol;

export interface Decision {
  readonly [genuine]: true;
  /** The gate or permission that was asked for, such as `audience:release` or `dataset:read`. */
  readonly action: string;
  readonly outcome: 'allow' | 'deny';
  readonly reasons: readonly DenyReason[];
  readonly policies: readonly string[];
  readonly policySetHash: string;
}

/** Each with the question that it answers, where it answers one. */
const decisions = new WeakMap<object, unknown>();

/** For `decide.ts` and `strictestDecision` alone; a test reads the imports. */
export function makeDecision(facts: Omit<Decision, typeof genuine>, question?: unknown): Decision {
  const decision = Object.freeze({
    action: facts.action,
    outcome: facts.outcome,
    reasons: Object.freeze([...facts.reasons]),
    policies: Object.freeze([...facts.policies]),
    policySetHash: facts.policySetHash,
  });
  decisions.set(decision, question);
  return decision as Decision;
}

export function isDecision(candidate: unknown): candidate is Decision {
  return typeof candidate === 'object' && candidate !== null && decisions.has(candidate);
}

export function questionBehind(decision: Decision): unknown {
  return decisions.get(decision);
}

/**
 * One decision out of several about the same person: allow only if all allow, with every reason of those that do not.
 * Of no decision at all comes a denial, since nobody allowed anything.
 */
export function strictestDecision(several: readonly Decision[]): Decision {
  const denied = several.filter((decision) => !isDecision(decision) || decision.outcome !== 'allow');
  const decisive = denied.length > 0 ? denied : several;
  const first = several[0];
  return makeDecision({
    action: first?.action ?? 'none',
    outcome: first !== undefined && denied.length === 0 ? 'allow' : 'deny',
    reasons: first === undefined ? ['not_permitted'] : unique(denied.flatMap((decision) => decision.reasons)),
    policies: unique(decisive.flatMap((decision) => decision.policies)),
    policySetHash: first?.policySetHash ?? '',
  });
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
