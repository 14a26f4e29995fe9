// Whether an audience as a whole may leave to a destination: size, rules of every contributor, approvals, residency.
// Each person's consent is decided beside it, in `consent.ts`; both must allow.
import {
  type ActivationRule,
  attributeFacts,
  boundTenants,
  type CollaborationStatus,
  contributors,
  effectiveThreshold,
  type Requester,
  returnedFacts,
  tenantsAllowingRegions,
  tenantsWhere,
  type UsedAttribute,
} from './contributor-facts.ts';
import type { PolicyRequest } from './decide.ts';
import { instantValue } from './instant.ts';
import { DEFAULTS } from './limits.ts';

export type { ActivationRule, CollaborationStatus, Requester, UsedAttribute } from './contributor-facts.ts';

/** What one member decided on behalf of its tenant. */
export interface Approval {
  readonly tenantId: string;
  readonly memberId: string;
  readonly outcome: 'approved' | 'rejected';
}

export interface AudienceFacts {
  readonly audienceId: string;
  readonly requestedBy: Requester;
  /** Persons who would be in the audience at the destination. Where partners' persons are among them the noised count, never more than the true. */
  readonly persons: number;
  /** Persons that an audience out of a collaboration must have. Absent: the threshold alone counts. */
  readonly minimumPersons?: number;
  /** Persons. The rules may ask for more; the strictest counts. Absent: what rules and service ask for. */
  readonly threshold?: number;
  readonly destinationKind: string;
  /** Where the destination keeps the data; null when nobody knows. */
  readonly destinationRegion?: string | null;
  /** Where the collaboration is held; absent over an own dataset. */
  readonly collaborationRegion?: string;
  readonly purpose: string;
  /** Rows, or fields of a person, can be read at the destination, so that a segment tells of each who is in it. */
  readonly tellsRows?: boolean;
  /** The purposes that this kind of destination can serve at all. Absent: any. */
  readonly destinationPurposes?: readonly string[];
  /** One for each contribution that the audience draws on, the requester's own included. */
  readonly rules: readonly ActivationRule[];
  readonly approvals: readonly Approval[];
  /**
   * Persons of the smallest difference, in either direction, to an audience delivered earlier: noised, and never more than the
   * true one. Absent where it is known without counting anybody that nothing differs.
   */
  readonly smallestDifference?: number;
  /** What it costs to decide, in whole numbers of 10⁻¹² ρ. Absent for what is decided of the asker's own data. */
  readonly budget?: { readonly cost: bigint; readonly left: bigint };
  /** Of the two tenants concerned who had most of them within 24 hours. */
  readonly releasesToday?: number;
  readonly filterAttributes?: readonly UsedAttribute[];
  readonly collaborationStatus: CollaborationStatus;
  readonly collaborationEndsAt?: string;
  /** RFC 3339 in UTC. */
  readonly instant: string;
}

export function audienceRequest(facts: AudienceFacts): PolicyRequest {
  const { rules, approvals, destinationKind, purpose } = facts;
  const principal = { type: 'Member', id: facts.requestedBy.memberId };
  const resource = { type: 'Audience', id: facts.audienceId };
  const asked = facts.threshold;
  return {
    principal,
    action: 'audience:release',
    resource,
    boundBy: boundTenants(facts),
    context: {
      ...figureFacts(facts),
      threshold: asked !== undefined && asked < DEFAULTS.privacyThreshold ? asked : effectiveThreshold(rules, asked),
      destination: destinationKind,
      purpose,
      allowingActivation: tenantsWhere(rules, (rule) => rule.activation.allowed),
      namingDestination: tenantsWhere(rules, (rule) => rule.activation.destinations.includes(destinationKind)),
      namingPurpose: tenantsWhere(rules, (rule) => rule.activation.purposes.includes(purpose)),
      allowingRegion: tenantsAllowingRegions(rules, regionsCrossed(facts.destinationRegion, facts)),
      mustApprove: tenantsThatMustApprove(rules),
      approvedBy: tenantsOf(approvals, 'approved'),
      rejectedBy: tenantsOf(approvals, 'rejected'),
      approvers: [...new Set(approvals.map(({ memberId }) => memberId))],
      ...attributeFacts(rules, facts.filterAttributes),
      ...returnedFacts(facts, facts.tellsRows === true ? (facts.filterAttributes ?? []) : []),
      ...(facts.destinationPurposes === undefined ? {} : { destinationPurposes: [...facts.destinationPurposes] }),
      ...(facts.minimumPersons === undefined ? {} : { minimumPersons: facts.minimumPersons }),
      ...(facts.smallestDifference === undefined ? {} : { smallestDifference: facts.smallestDifference }),
    },
    entities: [
      { uid: principal, attrs: { id: facts.requestedBy.memberId, tenantId: facts.requestedBy.tenantId }, parents: [] },
      { uid: resource, attrs: {}, parents: [] },
    ],
  };
}

/** The tenants whose second person must approve before an audience leaves: all but those whose rules waive it. */
export function tenantsThatMustApprove(rules: readonly ActivationRule[]): string[] {
  const waiving = new Set(tenantsWhere(rules, (rule) => rule.activation.approval === 'not-required'));
  return contributors(rules).filter((tenantId) => !waiving.has(tenantId));
}

/** The facts that audiences and figures share. */
export function figureFacts(
  facts: Pick<
    AudienceFacts,
    'persons' | 'rules' | 'collaborationStatus' | 'collaborationEndsAt' | 'instant' | 'budget' | 'releasesToday'
  >,
) {
  const { persons, rules, collaborationStatus, collaborationEndsAt, instant, budget } = facts;
  return {
    persons,
    cost: Number(budget?.cost ?? 0n),
    budgetLeft: Number(budget?.left ?? 0n),
    releasesToday: facts.releasesToday ?? 0,
    contributors: contributors(rules),
    withRule: tenantsWhere(rules, () => true),
    collaborationStatus,
    instant: instantValue(instant),
    ...(collaborationEndsAt === undefined ? {} : { collaborationEndsAt: instantValue(collaborationEndsAt) }),
  };
}

function tenantsOf(approvals: readonly Approval[], outcome: Approval['outcome']): string[] {
  return [...new Set(approvals.filter((each) => each.outcome === outcome).map(({ tenantId }) => tenantId))];
}

/** Over an own dataset there is no collaboration whose region it passes. */
export function regionsCrossed(
  receiver: string | null | undefined,
  { collaborationRegion }: { readonly collaborationRegion?: string },
): (string | null | undefined)[] {
  return collaborationRegion === undefined ? [receiver] : [receiver, collaborationRegion];
}
