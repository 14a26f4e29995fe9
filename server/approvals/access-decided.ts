// Which policies let somebody ask, for what an approver is shown.
import { accessRequest, type Permission } from '../../policies/access.ts';
import type { Ground } from '../ground.ts';
import type { Caller } from '../http/caller.ts';
import { type DecidingPolicies, decidingPolicies } from './shown.ts';

export function accessDecided(ground: Ground, caller: Caller, permission: Permission): DecidingPolicies[] {
  const { memberId: id, tenantId, roles } = caller;
  const resource = { type: permission.split(':')[0] ?? '', tenantId };
  const decision = ground.policies.decide(accessRequest({ member: { id, tenantId, roles }, permission, resource }));
  return [decidingPolicies(ground.policies, { ...decision, gate: decision.action })];
}
