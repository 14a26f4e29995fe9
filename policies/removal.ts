// Taking persons out at a destination: decided by a policy of its own, which knows no threshold, difference or approval.
import type { PolicyRequest } from './decide.ts';

export const REMOVAL_REASONS = ['withdrawn', 'objected', 'erased', 'expired'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

export function removalRequest(facts: { destinationKind: string; audienceId: string; reason: string }): PolicyRequest {
  const principal = { type: 'Destination', id: facts.destinationKind };
  const resource = { type: 'Audience', id: facts.audienceId };
  return {
    principal,
    action: 'person:remove',
    resource,
    context: { reason: facts.reason },
    entities: [
      { uid: principal, attrs: {}, parents: [] },
      { uid: resource, attrs: {}, parents: [] },
    ],
  };
}
