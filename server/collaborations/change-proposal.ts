// A proposed change of a collaboration. It takes effect when every accepted member has accepted it, and never before.

import { givenUp } from '../../policies/privacy-terms.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import { ServiceError } from '../errors.ts';
import type { CollaborationTerms } from './collaboration.ts';

export type Change =
  | { readonly kind: 'add-member'; readonly tenantId: string; readonly alias: string }
  | { readonly kind: 'set-terms'; readonly terms: CollaborationTerms }
  | { readonly kind: 'add-contribution'; readonly contributionId: string; readonly alias: string }
  | { readonly kind: 'set-rule'; readonly contributionId: string; readonly alias: string; readonly rule: AnalysisRule };

export interface Acceptance {
  readonly tenantId: string;
  readonly outcome: 'accepted' | 'rejected';
  readonly decidedAt: string;
}

export interface ChangeProposal {
  readonly id: string;
  readonly collaborationId: string;
  readonly change: Change;
  readonly proposedBy: string;
  readonly status: 'open' | 'accepted' | 'rejected' | 'void';
  readonly acceptances: readonly Acceptance[];
  readonly createdAt: string;
}

/** Whoever proposes accepts by it. */
export function propose(
  draft: { id: string; collaborationId: string; change: Change; proposedBy: string; now: string },
  acceptedTenantIds: readonly string[],
  isApproved = true,
): ChangeProposal {
  const { now, ...rest } = draft;
  const open: ChangeProposal = { ...rest, status: 'open', acceptances: [], createdAt: now };
  return decide(
    open,
    { tenantId: draft.proposedBy, outcome: 'accepted', decidedAt: now },
    acceptedTenantIds,
    isApproved,
  );
}

export function decide(
  proposal: ChangeProposal,
  acceptance: Acceptance,
  acceptedTenantIds: readonly string[],
  isApproved = true,
): ChangeProposal {
  if (proposal.status !== 'open') {
    throw new ServiceError('conflict', { detail: 'This change has been decided already.' });
  }
  if (proposal.acceptances.some((earlier) => earlier.tenantId === acceptance.tenantId)) {
    throw new ServiceError('conflict', { detail: 'Your organisation has decided on this change already.' });
  }
  const acceptances = [...proposal.acceptances, acceptance];
  if (acceptance.outcome === 'rejected') return { ...proposal, acceptances, status: 'rejected' };
  return settle({ ...proposal, acceptances }, acceptedTenantIds, isApproved);
}

/** Members may leave while a change is open: those who remain decide. A change of a rule waits for its second person too. */
export function settle(
  proposal: ChangeProposal,
  acceptedTenantIds: readonly string[],
  isApproved = true,
): ChangeProposal {
  const accepted = new Set(proposal.acceptances.map(({ tenantId }) => tenantId));
  const unanimous = acceptedTenantIds.every((tenantId) => accepted.has(tenantId));
  return unanimous && isApproved ? { ...proposal, status: 'accepted' } : proposal;
}

export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'add-member':
      return `Invite ${change.alias} into the collaboration.`;
    case 'set-terms':
      return describeTerms(change.terms);
    case 'add-contribution':
      return `Contribute ${change.alias}.`;
    case 'set-rule':
      return describeRule(change.alias, change.rule);
  }
}

function describeTerms(terms: CollaborationTerms): string {
  const { identifierTypes, cardinality, privacyThreshold, endsAt, privacy } = terms;
  const ending = endsAt === null ? 'no end date' : `ends at ${endsAt}`;
  const matching = `Match by ${identifierTypes.join(', then ')}; ${cardinality}; threshold ${privacyThreshold} persons; ${ending}.`;
  const promise = `Privacy ${privacy.preset}: ε = ${privacy.epsilon} and δ = ${privacy.delta} in ${privacy.periodDays} days.`;
  return [matching, promise, ...givenUp(privacy)].join(' ');
}

/** All that it allows, so that nobody accepts a rule unseen. */
function describeRule(alias: string, rule: AnalysisRule): string {
  const { allowed, destinations, purposes, approval, recordAttributes = [] } = rule.activation;
  const parts = [
    `used for ${listed(rule.allowedAnalyses)}`,
    `filtered by ${listed(rule.filterAttributes)}`,
    `broken down by ${listed(rule.breakdownAttributes)}`,
    allowed
      ? `activated to ${listed(destinations)} for ${listed(purposes)} (approval ${approval.replace('-', ' ')})`
      : 'never activated',
    ...(recordAttributes.length === 0 ? [] : [`flagged on a partner's own records by ${listed(recordAttributes)}`]),
    `from ${rule.privacyThreshold} persons`,
  ];
  return `Let ${alias} be ${parts.join(', ')}.`;
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(' and ');
}
