// The policies that no edit weakens: an edited set keeps each of them, as it ships or provably stricter.
// What may be changed beyond them is shown by title, named by who proposes it, and approved by a second person.
import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Policy } from './policy-source.ts';
import { type Strictness, strictnessOf } from './strictness.ts';

export const FLOOR: readonly string[] = [
  // The persons behind every figure and audience.
  'privacy-threshold',
  'privacy-threshold-floor',
  'privacy-budget',
  'audience-difference',
  // What persons said.
  'consent-given',
  'consent-known',
  'consent-readable',
  'consent-names-purpose',
  'consent-names-destination',
  'consent-not-expired',
  'email-marketing-is-no-transfer',
  'suppressed-stay',
  'erased-stay',
  // What contributors said.
  'rule-of-every-contributor',
  'active-collaboration',
  // Who is apart from whom.
  'members-only',
  'operator-outside-tenants',
  'operator-approves-for-the-service',
  'api-key-scope',
  // Four eyes.
  'approval-by-another-person',
  'approval-of-every-tenant',
  'approval-not-rejected',
  'approval-by-second-person',
];

export interface FloorBreach {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
}

export function floorBreaches(shipped: readonly Policy[], edited: readonly Policy[]): FloorBreach[] {
  const after = new Map(edited.map((policy) => [policy.id, policy]));
  return shipped.flatMap((policy) => {
    if (!FLOOR.includes(policy.id)) return [];
    const kept = after.get(policy.id);
    if (kept !== undefined && strictnessBetween(policy, kept) !== 'may-allow-more') return [];
    const what = kept === undefined ? 'It was left out' : 'Its new text is not provably as strict';
    const hint = `${what}. Leave it as it ships, raise its bound, or add a forbid of your own beside it.`;
    return [{ id: policy.id, title: policy.title, hint }];
  });
}

export function strictnessBetween(before: Policy | undefined, after: Policy | undefined): Strictness {
  return strictnessOf({ before: before && jsonOf(before), after: after && jsonOf(after) });
}

function jsonOf({ id, text }: Policy) {
  const answer = policyToJson(text);
  if (answer.type === 'failure') throw new Error(`the policy ${id} was parsed before and is not readable now`);
  return answer.json;
}
