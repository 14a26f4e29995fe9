// The clean room: drafted by Rando+, accepted by Osec; two datasets contributed under rules that both accept; matched.
import type { AnalysisRule, PrivacyTerms } from '../../openapi/generated/api.ts';
import { answer, DemoFailure, jobDone } from './api.ts';
import { type Figures, releaseFigures } from './figures.ts';
import type { Organisation } from './tenants.ts';

export interface Room extends Figures {
  readonly collaborationId: string;
  readonly osecContributionId: string;
  readonly randoContributionId: string;
  readonly matchId: string;
}

export interface Side {
  organisation: Organisation;
  datasetId: string;
  alias: string;
  filterAttributes: string[];
  /** Those of them that may go where rows can be read; none unless it says so. */
  recordAttributes?: string[];
  breakdownAttributes: string[];
  /** Overlap, profile and sizes of segments, with activation, unless others are named: these then, and nothing leaves but figures. */
  analyses?: AnalysisRule['allowed_analyses'];
  /** Where it may be delivered to, and after which approval: to Xandr after one, unless it says otherwise. */
  destinations?: string[];
  approval?: AnalysisRule['activation']['approval'];
}

/** The strict terms want an audience of 1,000 persons, which smaller files do not have. */
export const TERMS_FOR_SMALL_FILES: PrivacyTerms = {
  preset: 'custom',
  minimum_audience_persons: 100,
  decision_sigma: 10,
};

/** Under the strict terms unless others are given. */
export async function openRoom(osec: Side, rando: Side, privacy?: PrivacyTerms): Promise<Room> {
  const host = rando.organisation;
  const guest = osec.organisation;
  const body = {
    name: 'Raincoats for hikers',
    alias: rando.alias,
    members: [{ tenant_id: guest.tenantId, alias: osec.alias }],
    terms: {
      identifier_types: ['email' as const, 'phone' as const],
      cardinality: 'one-to-one' as const,
      privacy_threshold: 50,
      ...(privacy === undefined ? {} : { privacy }),
    },
  };
  const { id } = await answer('drafting the collaboration', host.admin.api.POST('/v1/collaborations', { body }));
  const params = { path: { collaboration_id: id } };
  await answer('inviting Osec', host.admin.api.POST('/v1/collaborations/{collaboration_id}/invite', { params }));
  await answer('Osec accepting', guest.admin.api.POST('/v1/collaborations/{collaboration_id}/accept', { params }));
  const { left, right, matchId } = await contributeAndMatch(id, osec, rando);
  const released = await releaseFigures(guest.analyst, { collaborationId: id, matchId });
  return { collaborationId: id, osecContributionId: left, randoContributionId: right, matchId, ...released };
}

/** Each side accepts what the other contributes; the left one's analyst asks for the match. */
export async function contributeAndMatch(
  collaborationId: string,
  leftSide: Side,
  rightSide: Side,
): Promise<{ left: string; right: string; matchId: string }> {
  const [one, other] = [leftSide.organisation, rightSide.organisation];
  const left = await contribute(collaborationId, leftSide, one, other);
  const right = await contribute(collaborationId, rightSide, other, one);
  await Promise.all([contributed(one, left), contributed(other, right)]);
  const { analyst } = one;
  const params = { path: { collaboration_id: collaborationId } };
  const body = { left_contribution_id: left, right_contribution_id: right };
  const match = await answer(
    'asking for the match',
    analyst.api.POST('/v1/collaborations/{collaboration_id}/matches', { params, body }),
  );
  await jobDone('matching', analyst, match.job_id);
  return { left, right, matchId: match.id };
}

/** What each side allows: the overlap, sizes of segments, profiles by and filtering on the attributes named, advertising at Xandr after an approval. */
function ruleOf(side: Side): AnalysisRule {
  const { filterAttributes, breakdownAttributes, analyses, destinations = ['xandr'], approval = 'required' } = side;
  const opened = side.recordAttributes === undefined ? {} : { record_attributes: side.recordAttributes };
  return {
    allowed_analyses: analyses ?? ['overlap', 'profile', 'segment-size'],
    filter_attributes: filterAttributes,
    breakdown_attributes: breakdownAttributes,
    activation:
      analyses === undefined
        ? { allowed: true, destinations, purposes: ['advertising'], approval, ...opened }
        : { allowed: false, destinations: [], purposes: [], approval: 'required' },
    privacy_threshold: 50,
  };
}

async function contribute(
  collaborationId: string,
  side: Side,
  owner: Organisation,
  other: Organisation,
): Promise<string> {
  const path = { collaboration_id: collaborationId };
  const body = { dataset_id: side.datasetId, alias: side.alias, rule: ruleOf(side) };
  const step = `${owner.name} contributing`;
  const contribution = await answer(
    step,
    owner.engineer.api.POST('/v1/collaborations/{collaboration_id}/contributions', { params: { path }, body }),
  );
  if (contribution.change_id === null) return contribution.id;
  // Who proposed has agreed by proposing; the others are asked.
  await answer(
    `${other.name} accepting the contribution of ${owner.name}`,
    other.admin.api.POST('/v1/collaborations/{collaboration_id}/changes/{change_id}/decision', {
      params: { path: { ...path, change_id: contribution.change_id } },
      body: { outcome: 'accept' },
    }),
  );
  return contribution.id;
}

async function contributed(owner: Organisation, contributionId: string): Promise<void> {
  const params = { path: { contribution_id: contributionId } };
  const step = `re-keying the contribution of ${owner.name}`;
  const contribution = await answer(step, owner.engineer.api.GET('/v1/contributions/{contribution_id}', { params }));
  if (contribution.job_id !== null) await jobDone(step, owner.engineer, contribution.job_id);
  else if (contribution.status !== 'ready') throw new DemoFailure(`${step}: it is ${contribution.status}`);
}
