// The texts of the policy set that a decision names by its hash, in force or not.
import type { Ground } from '../ground.ts';
import { findPolicySet } from '../policies/policy-set-store.ts';

export interface PolicyVersionText {
  readonly hash: string;
  readonly policies: readonly { id: string; title: string; reason: string; effect: string; text: string }[];
}

/** Undefined for a set that this service does not keep: one that decided before sets were kept. */
export async function findPolicyVersion(ground: Ground, hash: string): Promise<PolicyVersionText | undefined> {
  const set = await findPolicySet(ground.db.knex, hash);
  if (set === undefined) return undefined;
  const policies = set.source.policies.map(({ id, title, reason, effect, text }) => ({
    ...{ id, title, reason, effect, text },
  }));
  return { hash, policies };
}
