// What an approver is shown: who asks, what changes, which policies decided, what a dry run found. Its hash is what is approved.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonObject, type JsonValue } from '../../audit/canonical-json.ts';
import type { Decision, PolicySet } from '../../policies/decide.ts';
import { DENY_REASONS, type DenyReason } from '../../policies/decide.ts';

/** In the words of the contract, so that what is hashed is what is read, byte for byte. */
export interface Shown {
  readonly summary: string;
  readonly asked_by: string;
  readonly asked_at: string;
  /** Against what was approved before; everything, where nothing was. */
  readonly changes: readonly ShownChange[];
  /** What will be done, in full. */
  readonly proposed: JsonValue;
  readonly decisions: readonly DecidingPolicies[];
  /** Null while the dry run is under way: nothing can be approved before it has ended. */
  readonly forecast: Forecast | null;
  /** SHA-256 of exactly what will be done. */
  readonly basis_hash: string;
}

export interface ShownChange {
  /** RFC 6901, into what changes. */
  readonly pointer: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
  /** The same as a sentence. */
  readonly text: string;
}

export interface DecidingPolicies {
  readonly gate: string;
  readonly outcome: 'allow' | 'deny';
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
  readonly policies: readonly { readonly id: string; readonly title: string }[];
  readonly policy_set_hash: string;
}

export interface Forecast {
  readonly text: string;
  readonly detail: JsonObject;
}

/** 64 hex digits over the canonical JSON (RFC 8785). */
export function hashOf(document: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(document as JsonValue))
    .digest('hex');
}

type Decided = Pick<Decision, 'outcome' | 'policySetHash'> & {
  readonly gate: string;
  readonly reasons: readonly string[];
  readonly policies: readonly string[];
};

/** The policies by their titles, the reasons by their sentences. */
export function decidingPolicies(set: Pick<PolicySet, 'policies'>, decided: Decided): DecidingPolicies {
  const titles = new Map(set.policies.map(({ id, title }) => [id, title]));
  return {
    gate: decided.gate,
    outcome: decided.outcome,
    reasons: decided.reasons.map((code) => ({ code, text: DENY_REASONS[code as DenyReason] ?? code })),
    policies: decided.policies.map((id) => ({ id, title: titles.get(id) ?? id })),
    policy_set_hash: decided.policySetHash,
  };
}
