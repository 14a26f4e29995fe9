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

interface Side {
  organisation: Organisation;
  datasetId: string;
  alias: string;
  filterAttributes: string[];
  breakdownAttributes: string[];
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
  const osecContributionId = await contribute(id, osec, guest, host);
  const randoContributionId = await contribute(id, rando, host, guest);
  await Promise.all([contributed(guest, osecContributionId), contributed(host, randoContributionId)]);
  const pair = { left_contribution_id: osecContributionId, right_contribution_id: randoContributionId };
  const analyst = guest.analyst;
  const match = await answer(
    'asking for the match',
    analyst.api.POST('/v1/collaborations/{collaboration_id}/matches', { params, body: pair }),
  );
  await jobDone('matching', analyst, match.job_id);
  const released = await releaseFigures(analyst, { collaborationId: id, matchId: match.id });
  return { collaborationId: id, osecContributionId, randoContributionId, matchId: match.id, ...released };
}

/** What each side allows: the overlap, profiles by and filtering on the attributes named, advertising at Xandr after an approval. */
function ruleOf({ filterAttributes, breakdownAttributes }: Side): AnalysisRule {
  return {
    allowed_analyses: ['overlap', 'profile'],
    filter_attributes: filterAttributes,
    breakdown_attributes: breakdownAttributes,
    activation: { allowed: true, destinations: ['xandr'], purposes: ['advertising'], approval: 'required' },
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
