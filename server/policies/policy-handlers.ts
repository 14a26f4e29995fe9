// The policies in force, as their files say them.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';

export function policyHandlers(ground: Ground): Pick<Handlers, 'getPolicySet'> {
  const { hash, policies } = ground.policies;
  const shown = policies.map(({ id, title, reason, effect, text }) => ({ id, title, reason, effect, text }));
  return { getPolicySet: async () => ({ hash, policies: shown }) };
}
