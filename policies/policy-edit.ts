// Editing a set of policies: texts that are added or take the place of the policy of their id, and ids that go.
// Every difference is told by title, with whether it may allow more than before.
import { strictnessBetween } from './floor.ts';
import { PolicyError } from './policy-error.ts';
import { type Policy, parsePolicies } from './policy-source.ts';
import type { Strictness } from './strictness.ts';

export interface PolicyEdit {
  /** Cedar, any number of policies. */
  readonly text: string;
  readonly remove: readonly string[];
}

export interface PolicyDifference {
  readonly id: string;
  /** `reworded`: it decides as before, and reads otherwise. */
  readonly kind: 'added' | 'removed' | 'changed' | 'reworded';
  readonly effect: 'permit' | 'forbid';
  readonly strictness: Strictness;
  readonly titleBefore: string | null;
  readonly titleAfter: string | null;
  readonly textBefore: string | null;
  readonly textAfter: string | null;
}

/** The gates that a tenant's own policies may speak of: what leaves, never who may do what. */
const GATES_OF_TENANTS = ['any release', 'audience:release', 'aggregate:release', 'person:deliver'];

/** Throws `policy_unreadable` and its like, or `policy_unknown` for an id to remove that is not there. */
export function editedPolicies(current: readonly Policy[], { text, remove }: PolicyEdit): Policy[] {
  const edited = text.trim() === '' ? [] : parsePolicies(text);
  const twice = edited.find(({ id }, index) => edited.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw new PolicyError('policy_id_duplicate', `Two policies are called ${twice.id}.`);
  const unknown = remove.filter((id) => !current.some((policy) => policy.id === id));
  if (unknown.length > 0) {
    throw new PolicyError('policy_unknown', `There is no policy ${unknown.join(', ')} to remove.`);
  }
  const replaced = new Map(edited.map((policy) => [policy.id, policy]));
  const kept = current.filter(({ id }) => !remove.includes(id)).map((policy) => replaced.get(policy.id) ?? policy);
  const added = edited.filter(({ id }) => !kept.some((policy) => policy.id === id));
  return [...kept, ...added];
}

/** In ascending order of ids. */
export function differencesBetween(before: readonly Policy[], after: readonly Policy[]): PolicyDifference[] {
  const earlier = new Map(before.map((policy) => [policy.id, policy]));
  const later = new Map(after.map((policy) => [policy.id, policy]));
  const ids = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return ids.flatMap((id) => differenceOf(earlier.get(id), later.get(id)));
}

function differenceOf(before: Policy | undefined, after: Policy | undefined): PolicyDifference[] {
  const either = after ?? before;
  if (either === undefined || before?.text === after?.text) return [];
  const strictness = strictnessBetween(before, after);
  const changed = strictness === 'same' ? 'reworded' : 'changed';
  return [
    {
      id: either.id,
      kind: before === undefined ? 'added' : after === undefined ? 'removed' : changed,
      effect: either.effect,
      strictness,
      titleBefore: before?.title ?? null,
      titleAfter: after?.title ?? null,
      textBefore: before?.text ?? null,
      textAfter: after?.text ?? null,
    },
  ];
}

/** What is wrong with policies that a tenant adds for itself: they may only forbid, and only what leaves. */
export function faultsOfAdditions(additions: readonly Policy[]): string[] {
  return additions.flatMap(({ id, effect, actionScope }) => {
    if (effect !== 'forbid') return [`${id} permits; a tenant's own policies only forbid.`];
    if (GATES_OF_TENANTS.includes(actionScope)) return [];
    return [`${id} speaks of ${actionScope}; a tenant's own policies speak of ${GATES_OF_TENANTS.join(', ')}.`];
  });
}

/** A tenant's policy in a set with others': its id begins with the tenant's, so that two tenants may use one name. */
export function namedAddition(tenantId: string, policy: Policy): Policy {
  return { ...policy, id: `${tenantId}/${policy.id}` };
}
