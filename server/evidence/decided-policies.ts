// The policy set that a decision names by its hash, with all that the hash is made of, so that whoever has the pack can make it again.
import { findMadeSource } from '../../policies/decide.ts';
import type { Ground } from '../ground.ts';
import { findPolicySet } from '../policies/policy-set-store.ts';

export interface PolicyVersionText {
  readonly hash: string;
  readonly schema: string;
  readonly policies: readonly { id: string; title: string; reason: string; effect: string; text: string }[];
}

/** Undefined for a set that this service does not keep, and for one of tenants that this is none of. */
export async function findPolicyVersion(
  ground: Ground,
  { hash, tenantId }: { hash: string; tenantId: string },
): Promise<PolicyVersionText | undefined> {
  const kept = await findPolicySet(ground.db.knex, hash);
  // As the API shows it: the service's own sets to everyone, one with tenants' own policies to those tenants.
  const isReader = kept === undefined || kept.tenantIds.length === 0 || kept.tenantIds.includes(tenantId);
  const source = kept?.source ?? (hash === ground.policies.hash ? findMadeSource(hash) : undefined);
  if (source === undefined || !isReader) return undefined;
  const policies = source.policies.map(({ id, title, reason, effect, text }) => ({ id, title, reason, effect, text }));
  return { hash, schema: source.schema, policies };
}
