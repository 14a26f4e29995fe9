// The texts of the policy set that a decision names by its hash.
import type { Ground } from '../ground.ts';

export interface PolicyVersionText {
  readonly hash: string;
  readonly policies: readonly { id: string; title: string; reason: string; effect: string; text: string }[];
}

/** Undefined for a set that this service does not keep. */
export async function findPolicyVersion(ground: Ground, hash: string): Promise<PolicyVersionText | undefined> {
  if (ground.policies.hash !== hash) return undefined;
  const policies = ground.policies.policies.map(({ id, title, reason, effect, text }) => ({
    ...{ id, title, reason, effect, text },
  }));
  return { hash, policies };
}
