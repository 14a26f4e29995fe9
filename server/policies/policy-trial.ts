// Trying a change of policies before anybody is asked: parsed, validated against the schema, held to the floor, run on the scenarios
// and on history. Nothing is stored.
import { accessRequest } from '../../policies/access.ts';
import { makePolicySet, type Policy, type PolicySet, shippedSource } from '../../policies/decide.ts';
import { floorBreaches } from '../../policies/floor.ts';
import { editedPolicies, faultsOfAdditions, type PolicyEdit } from '../../policies/policy-edit.ts';
import { PolicyError } from '../../policies/policy-error.ts';
import { type ErrorPlace, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { listPastDecisions } from './decision-questions.ts';
import { type PolicyReport, reportOf } from './policy-report.ts';

export interface TriedPolicies {
  readonly policies: readonly Policy[];
  readonly set: PolicySet;
  /** Hash of what is in force now. */
  readonly basedOn: string;
  readonly report: PolicyReport;
}

/** `tenantId` null: the policies of the service; otherwise those that the tenant adds for itself. Throws `request_invalid`. */
export async function tryPolicies(ground: Ground, tenantId: string | null, edit: PolicyEdit): Promise<TriedPolicies> {
  await ground.policies.refresh();
  const before = tenantId === null ? ground.policies.policies : ground.policies.additionsOf(tenantId);
  const policies = asInvalid(() => editedPolicies(before, edit));
  const faults = tenantId === null ? faultsOfService(policies) : faultsOfTenant(policies);
  if (faults.length > 0) throw new ServiceError('request_invalid', { errors: faults });
  const set = asInvalid(() => setOf(ground, { tenantId, policies }));
  const basedOn = tenantId === null ? ground.policies.hash : ground.policies.boundBy([tenantId]).hash;
  if (set.hash === basedOn) {
    const errors = [{ pointer: '/text', message: 'Nothing changes: these policies are in force already.' }];
    throw new ServiceError('request_invalid', { errors });
  }
  const past = await listPastDecisions(ground.db.knex, tenantId);
  const report = await reportOf({ before, after: policies, set, past, viewer: tenantId });
  if (tenantId === null) assertServiceStillWorks(set, report);
  return { policies, set, basedOn, report };
}

export function setOf(ground: Ground, of: { tenantId: string | null; policies: readonly Policy[] }): PolicySet {
  if (of.tenantId === null) return makePolicySet({ schema: shippedSource().schema, policies: of.policies });
  return ground.policies.withAdditions(new Map([[of.tenantId, of.policies]]));
}

function faultsOfService(policies: readonly Policy[]): ErrorPlace[] {
  return floorBreaches(shippedSource().policies, policies).map(({ id, title, hint }) => ({
    pointer: '/text',
    message: `"${title}" (${id}) is a floor that no edit may lower.`,
    hint,
  }));
}

function faultsOfTenant(policies: readonly Policy[]): ErrorPlace[] {
  return faultsOfAdditions(policies).map((message) => ({ pointer: '/text', message }));
}

/** Throws for policies under which nobody could change them any more, or under which persons could not be taken out of audiences. */
function assertServiceStillWorks(set: PolicySet, report: PolicyReport): void {
  const member = { id: 'operator', tenantId: null, roles: ['operator'] as const };
  const needed = ['policy:read', 'policy:write', 'approval:read', 'approval:decide'] as const;
  const lost = needed.filter((permission) => {
    const resource = { type: 'policy', tenantId: null, requestedBy: 'another' };
    return set.decide(accessRequest({ member, permission, resource })).outcome === 'deny';
  });
  const stuck = report.scenarios.changed.filter(({ gate, now }) => now === 'refused' && gate === 'removal');
  const errors = [
    ...lost.map((permission) => `Operators would lose ${permission}, and nobody could mend the policies.`),
    ...stuck.map((one) => `Removals must go through: "${one.case}" would be refused.`),
  ].map((message) => ({ pointer: '/text', message }));
  if (errors.length > 0) throw new ServiceError('request_invalid', { errors });
}

function asInvalid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const hint = 'docs/recipes/policies.md tells how a policy is written.';
    throw new ServiceError('request_invalid', { errors: [{ pointer: '/text', message: error.message, hint }] });
  }
}
