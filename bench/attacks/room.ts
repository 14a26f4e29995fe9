// A collaboration of the attacker and its victim under the strict terms, with a list of each in it.
import type { AnalysisRule, CollaborationTerms } from '../../openapi/generated/api.ts';
import { type Actor, answer, DemoFailure } from '../demo/api.ts';
import { foundOrganisations, type Organisation } from '../demo/tenants.ts';
import type { Arena } from './attack.ts';
import { jobEnded } from './partner.ts';

export interface Pair {
  readonly victim: Organisation;
  readonly attacker: Organisation;
}

export function foundPair({ service, operator, name }: Arena): Promise<Pair> {
  return foundOrganisations(service, operator, { victim: `Victim of ${name}`, attacker: `Attacker by ${name}` });
}

export interface Offer {
  readonly datasetId: string;
  readonly alias: string;
  readonly filterAttributes?: readonly string[];
  readonly breakdownAttributes?: readonly string[];
}

export interface Room {
  readonly collaborationId: string;
}

export interface RoomTerms {
  readonly identifierTypes?: CollaborationTerms['identifier_types'];
  readonly privacy?: CollaborationTerms['privacy'];
}

export async function openRoom({ victim, attacker }: Pair, terms: RoomTerms = {}): Promise<Room> {
  const body = {
    name: 'A campaign',
    alias: 'partner',
    members: [{ tenant_id: victim.tenantId, alias: 'victim' }],
    terms: {
      identifier_types: terms.identifierTypes ?? (['email'] as const).slice(),
      cardinality: 'one-to-one' as const,
      privacy_threshold: 50,
      ...(terms.privacy === undefined ? {} : { privacy: terms.privacy }),
    },
  };
  const { id } = await answer('drafting', attacker.admin.api.POST('/v1/collaborations', { body }));
  const params = { path: { collaboration_id: id } };
  await answer('inviting', attacker.admin.api.POST('/v1/collaborations/{collaboration_id}/invite', { params }));
  await answer('accepting', victim.admin.api.POST('/v1/collaborations/{collaboration_id}/accept', { params }));
  return { collaborationId: id };
}

/** Proposed by its owner, accepted by the other, and carried under the collaboration's key. Returns the contribution's id. */
export async function offer(
  { collaborationId }: Room,
  by: { owner: Organisation; other: Organisation },
  given: Offer,
): Promise<string> {
  const { owner, other } = by;
  const path = { collaboration_id: collaborationId };
  const body = { dataset_id: given.datasetId, alias: given.alias, rule: ruleOf(given) };
  const made = await answer(
    'contributing',
    owner.engineer.api.POST('/v1/collaborations/{collaboration_id}/contributions', { params: { path }, body }),
  );
  if (made.change_id !== null) {
    await answer(
      'accepting a contribution',
      other.admin.api.POST('/v1/collaborations/{collaboration_id}/changes/{change_id}/decision', {
        params: { path: { ...path, change_id: made.change_id } },
        body: { outcome: 'accept' },
      }),
    );
  }
  const params = { path: { contribution_id: made.id } };
  const now = await answer('contributing', owner.engineer.api.GET('/v1/contributions/{contribution_id}', { params }));
  if (now.job_id !== null) await jobEnded('contributing', owner.engineer, now.job_id);
  else if (now.status !== 'ready') throw new DemoFailure(`contributing: it is ${now.status}`);
  return made.id;
}

/** The load that is visible now comes into the room. */
export async function refresh({ engineer }: Organisation, contributionId: string): Promise<void> {
  const params = { path: { contribution_id: contributionId } };
  const { job_id } = await answer(
    'refreshing',
    engineer.api.POST('/v1/contributions/{contribution_id}/refresh', { params }),
  );
  if (job_id !== null) await jobEnded('refreshing', engineer, job_id);
}

export async function match(
  analyst: Actor,
  { collaborationId }: Room,
  sides: { left: string; right: string },
): Promise<string> {
  const params = { path: { collaboration_id: collaborationId } };
  const body = { left_contribution_id: sides.left, right_contribution_id: sides.right };
  const made = await answer(
    'matching',
    analyst.api.POST('/v1/collaborations/{collaboration_id}/matches', { params, body }),
  );
  await jobEnded('matching', analyst, made.job_id);
  return made.id;
}

/** As generous as a partner can hope for: every analysis, activation after approval. */
function ruleOf({ filterAttributes = [], breakdownAttributes = [] }: Offer): AnalysisRule {
  return {
    allowed_analyses: ['overlap', 'profile', 'reach-frequency', 'conversion', 'attribution', 'segment-size'],
    filter_attributes: [...filterAttributes],
    breakdown_attributes: [...breakdownAttributes],
    activation: {
      allowed: true,
      destinations: ['file', 'webhook', 'xandr'],
      purposes: ['advertising'],
      approval: 'required',
    },
    privacy_threshold: 50,
  };
}
