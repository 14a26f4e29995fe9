// What the contract shows of collaborations; nothing else of them leaves.
import type {
  ChangeProposal as ChangeProposalBody,
  Collaboration as CollaborationBody,
  CollaborationTerms as CollaborationTermsBody,
  Contribution as ContributionBody,
  Match as MatchBody,
  PrivacyTerms as PrivacyTermsBody,
} from '../../openapi/generated/api.ts';
import { givenUp, type PrivacyTerms, privacyTermsOf } from '../../policies/privacy-terms.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import { isAnalysis } from '../analyses/analysis-names.ts';
import { ServiceError } from '../errors.ts';
import { type ChangeProposal, describeChange } from './change-proposal.ts';
import { type Collaboration, type CollaborationTerms, DEFAULT_TERMS } from './collaboration.ts';
import type { Contribution } from './contribution.ts';
import type { Match } from './match.ts';

export function collaborationBody(collaboration: Collaboration): CollaborationBody {
  return {
    id: collaboration.id,
    name: collaboration.name,
    status: collaboration.status,
    owner_tenant_id: collaboration.ownerTenantId,
    region: collaboration.region,
    members: collaboration.members.map((member) => ({
      tenant_id: member.tenantId,
      alias: member.alias,
      status: member.status,
      decided_at: member.decidedAt,
    })),
    terms: {
      identifier_types: [...collaboration.terms.identifierTypes],
      cardinality: collaboration.terms.cardinality,
      privacy_threshold: collaboration.terms.privacyThreshold,
      privacy: privacyBody(collaboration.terms.privacy),
      ends_at: collaboration.terms.endsAt,
      rule_approval: collaboration.terms.ruleApproval ?? 'own-tenant',
    },
    created_at: collaboration.createdAt,
    ended_at: collaboration.endedAt,
  };
}

/** What the request leaves out is the strict default. Throws `request_invalid` for privacy terms beyond their bounds. */
export function termsOf(body: Partial<CollaborationTermsBody> | undefined): CollaborationTerms {
  return {
    identifierTypes: body?.identifier_types ?? DEFAULT_TERMS.identifierTypes,
    cardinality: body?.cardinality ?? DEFAULT_TERMS.cardinality,
    privacyThreshold: body?.privacy_threshold ?? DEFAULT_TERMS.privacyThreshold,
    privacy: privacyOf(body?.privacy),
    endsAt: body?.ends_at ? new Date(body.ends_at).toISOString() : null,
    ruleApproval: body?.rule_approval ?? 'own-tenant',
  };
}

export function privacyBody(privacy: PrivacyTerms): PrivacyTermsBody {
  return {
    preset: privacy.preset,
    epsilon: privacy.epsilon,
    delta: privacy.delta,
    sigma: privacy.sigma,
    max_groups: privacy.maxGroups,
    per_group: privacy.perGroup,
    period_days: privacy.periodDays,
    minimum_list_persons: privacy.minimumListPersons,
    minimum_audience_persons: privacy.minimumAudiencePersons,
    decision_sigma: privacy.decisionSigma,
    gives_up: givenUp(privacy),
  };
}

function privacyOf(body: PrivacyTermsBody | undefined): PrivacyTerms {
  const { terms, issues } = privacyTermsOf({
    ...(body?.preset === undefined ? {} : { preset: body.preset }),
    ...(body?.epsilon === undefined ? {} : { epsilon: body.epsilon }),
    ...(body?.delta === undefined ? {} : { delta: body.delta }),
    ...(body?.sigma === undefined ? {} : { sigma: body.sigma }),
    ...(body?.max_groups === undefined ? {} : { maxGroups: body.max_groups }),
    ...(body?.per_group === undefined ? {} : { perGroup: body.per_group }),
    ...(body?.period_days === undefined ? {} : { periodDays: body.period_days }),
    ...(body?.minimum_list_persons === undefined ? {} : { minimumListPersons: body.minimum_list_persons }),
    ...(body?.minimum_audience_persons === undefined ? {} : { minimumAudiencePersons: body.minimum_audience_persons }),
    ...(body?.decision_sigma === undefined ? {} : { decisionSigma: body.decision_sigma }),
  });
  if (issues.length === 0) return terms;
  throw new ServiceError('request_invalid', {
    errors: issues.map(({ parameter, message }) => ({
      pointer: `/terms/privacy/${parameter.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      message,
    })),
  });
}

export function changeBody(proposal: ChangeProposal): ChangeProposalBody {
  return {
    id: proposal.id,
    collaboration_id: proposal.collaborationId,
    kind: proposal.change.kind,
    proposed_by: proposal.proposedBy,
    summary: describeChange(proposal.change),
    status: proposal.status,
    acceptances: proposal.acceptances.map((acceptance) => ({
      tenant_id: acceptance.tenantId,
      outcome: acceptance.outcome,
      decided_at: acceptance.decidedAt,
    })),
    created_at: proposal.createdAt,
  };
}

/** Which of its datasets a member contributed is its own affair. */
export function contributionBody(contribution: Contribution, viewerTenantId: string): ContributionBody {
  const own = contribution.tenantId === viewerTenantId;
  return {
    id: contribution.id,
    collaboration_id: contribution.collaborationId,
    tenant_id: contribution.tenantId,
    alias: contribution.alias,
    dataset_id: own ? contribution.datasetId : null,
    rule: ruleBody(contribution.rule),
    status: contribution.status,
    change_id: contribution.changeId,
    job_id: own ? contribution.jobId : null,
    contributed_at: contribution.contributedAt,
  };
}

export function ruleBody(rule: AnalysisRule): ContributionBody['rule'] {
  return {
    allowed_analyses: rule.allowedAnalyses.filter(isAnalysis),
    filter_attributes: [...rule.filterAttributes],
    breakdown_attributes: [...rule.breakdownAttributes],
    activation: {
      allowed: rule.activation.allowed,
      destinations: [...rule.activation.destinations],
      purposes: [...rule.activation.purposes],
      approval: rule.activation.approval,
      ...(rule.activation.recordAttributes === undefined
        ? {}
        : { record_attributes: [...rule.activation.recordAttributes] }),
    },
    privacy_threshold: rule.privacyThreshold,
    ...(rule.regions === undefined ? {} : { regions: [...rule.regions] }),
  };
}

export function ruleOf(body: ContributionBody['rule']): AnalysisRule {
  return {
    allowedAnalyses: body.allowed_analyses,
    filterAttributes: body.filter_attributes,
    breakdownAttributes: body.breakdown_attributes,
    activation: activationOf(body.activation),
    privacyThreshold: body.privacy_threshold,
    ...(body.regions === undefined ? {} : { regions: body.regions }),
  };
}

function activationOf({ record_attributes, ...activation }: ContributionBody['rule']['activation']) {
  return { ...activation, ...(record_attributes === undefined ? {} : { recordAttributes: record_attributes }) };
}

export function matchBody(match: Match): MatchBody {
  return {
    id: match.id,
    collaboration_id: match.collaborationId,
    left_contribution_id: match.leftContributionId,
    right_contribution_id: match.rightContributionId,
    status: match.status,
    job_id: match.jobId,
    created_at: match.createdAt,
    matched_at: match.matchedAt,
  };
}
