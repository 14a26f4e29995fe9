// What a trial of policies works out, from plain data alone: it runs in a thread that knows no database and answers nobody else.
import { accessRequest } from '../../policies/access.ts';
import { makePolicySet, type Policy, type PolicySet, shippedSource } from '../../policies/decide.ts';
import { floorBreaches } from '../../policies/floor.ts';
import { editedPolicies, faultsOfAdditions, namedAddition, type PolicyEdit } from '../../policies/policy-edit.ts';
import { PolicyError } from '../../policies/policy-error.ts';
import type { ErrorPlace } from '../errors.ts';
import { type PastRow, pastDecision } from './decision-questions.ts';
import { type PolicyReport, reportOf } from './policy-report.ts';

export interface TriedChange {
  readonly tenantId: string | null;
  readonly edit: PolicyEdit;
  /** In force for the service, and those that the tenant adds to them. */
  readonly service: readonly Policy[];
  readonly additions: readonly Policy[];
  readonly basedOn: string;
}

export interface TrialOutcome {
  readonly policies: readonly Policy[];
  readonly setHash: string;
  readonly report: PolicyReport;
}

export type ToTrial =
  | { readonly kind: 'change'; readonly change: TriedChange }
  | { readonly kind: 'past'; readonly rows: readonly PastRow[] }
  | { readonly kind: 'end' };

export type FromTrial =
  | { readonly kind: 'tried'; readonly outcome: TrialOutcome }
  | { readonly kind: 'refused'; readonly errors: readonly ErrorPlace[] };

export function tried(change: TriedChange, rows: readonly PastRow[]): FromTrial {
  try {
    return triedChange(change, rows);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const hint = 'docs/recipes/policies.md tells how a policy is written.';
    return refused([{ pointer: '/text', message: error.message, hint }]);
  }
}

function triedChange(
  { tenantId, edit, service, additions, basedOn }: TriedChange,
  rows: readonly PastRow[],
): FromTrial {
  const before = tenantId === null ? service : additions;
  const policies = editedPolicies(before, edit);
  const faults = tenantId === null ? faultsOfService(policies) : faultsOfTenant(policies);
  if (faults.length > 0) return refused(faults);
  const own = tenantId === null ? [] : policies.map((policy) => namedAddition(tenantId, policy));
  const { schema } = shippedSource();
  const set = makePolicySet({ schema, policies: tenantId === null ? policies : [...service, ...own] });
  if (set.hash === basedOn) {
    return refused([{ pointer: '/text', message: 'Nothing changes: these policies are in force already.' }]);
  }
  const past = rows
    .map(pastDecision)
    .filter(({ question }) => tenantId === null || question.boundBy?.includes(tenantId));
  const report = reportOf({ before, after: policies, set, past, viewer: tenantId });
  const broken = tenantId === null ? faultsInService(set, report) : [];
  if (broken.length > 0) return refused(broken);
  return { kind: 'tried', outcome: { policies, setHash: set.hash, report } };
}

function refused(errors: readonly ErrorPlace[]): FromTrial {
  return { kind: 'refused', errors };
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

/** Of policies under which nobody could change them any more, or under which persons could not be taken out of audiences. */
function faultsInService(set: PolicySet, report: PolicyReport): ErrorPlace[] {
  const member = { id: 'operator', tenantId: null, roles: ['operator'] as const };
  const needed = ['policy:read', 'policy:write', 'approval:read', 'approval:decide'] as const;
  const lost = needed.filter((permission) => {
    const resource = { type: 'policy', tenantId: null, requestedBy: 'another' };
    return set.decide(accessRequest({ member, permission, resource })).outcome === 'deny';
  });
  const stuck = report.scenarios.changed.filter(({ gate, now }) => now === 'refused' && gate === 'removal');
  return [
    ...lost.map((permission) => `Operators would lose ${permission}, and nobody could mend the policies.`),
    ...stuck.map((one) => `Removals must go through: "${one.case}" would be refused.`),
  ].map((message) => ({ pointer: '/text', message }));
}
