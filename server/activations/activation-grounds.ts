// What an audience draws on: its segment, its match with both contributions and their rules, or the own dataset.
// Everything that policies need to decide on it is gathered here, once, for activations, approvals, dry runs and deliveries.
import type { Knex } from 'knex';
import { listCriteria } from '../../matching/segment.ts';
import type { ActivationRule, CollaborationStatus, UsedAttribute } from '../../policies/contributor-facts.ts';
import { ownDatasetRule } from '../../policies/privacy-threshold.ts';
import { type Audience, audiences } from '../audiences/audience.ts';
import type { Collaboration } from '../collaborations/collaboration.ts';
import { findCollaboration } from '../collaborations/collaboration-store.ts';
import type { Contribution } from '../collaborations/contribution.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { type Match, matches } from '../collaborations/match.ts';
import { regionsOfDataset, residentRule } from '../collaborations/residency.ts';
import { notFound } from '../errors.ts';
import { type SegmentRecord, segments } from '../segments/segment-record.ts';

export interface AudienceGrounds {
  readonly audience: Audience;
  readonly segment: SegmentRecord;
  /** Absent for an audience of an own dataset. */
  readonly matched: MatchedGrounds | undefined;
  readonly rules: readonly ActivationRule[];
  readonly usedAttributes: readonly UsedAttribute[];
  readonly collaborationStatus: CollaborationStatus;
  readonly collaborationEndsAt: string | undefined;
  readonly collaborationRegion: string | undefined;
}

export interface MatchedGrounds {
  readonly collaboration: Collaboration;
  readonly match: Match;
  readonly left: Contribution;
  readonly right: Contribution;
}

export async function getAudienceGrounds(
  knex: Knex,
  key: { audienceId: string; destination?: string; purpose?: string },
): Promise<AudienceGrounds> {
  const audience = await audiences.get(knex, key.audienceId);
  const segment = await segments.get(knex, audience.segmentId);
  const matched = audience.matchId === null ? undefined : await getMatched(knex, audience.matchId);
  if (matched === undefined) {
    const { tenantId } = audience;
    const usedAttributes = listCriteria(segment.expression).map(({ attribute }) => ({ tenantId, name: attribute }));
    const filterAttributes = usedAttributes.map(({ name }) => name);
    const regions = await regionsOfDataset(knex, audience.datasetId ?? '');
    const use = { filterAttributes, regions };
    const rule = ownDatasetRule({ ...use, destination: key.destination ?? '', purpose: key.purpose ?? '' });
    return {
      audience,
      segment,
      matched,
      rules: [{ tenantId, rule }],
      usedAttributes,
      collaborationStatus: 'own-dataset',
      collaborationEndsAt: undefined,
      collaborationRegion: undefined,
    };
  }
  const { collaboration, left, right } = matched;
  const bySource = new Map([left, right].map((contribution) => [contribution.alias, contribution.tenantId]));
  return {
    audience,
    segment,
    matched,
    rules: await Promise.all([left, right].map((contribution) => residentRule(knex, contribution))),
    usedAttributes: listCriteria(segment.expression).map(({ source, attribute }) => ({
      tenantId: bySource.get(source) ?? '',
      name: attribute,
    })),
    collaborationStatus: collaboration.status,
    collaborationEndsAt: collaboration.terms.endsAt ?? undefined,
    collaborationRegion: collaboration.region,
  };
}

async function getMatched(knex: Knex, matchId: string): Promise<MatchedGrounds> {
  const match = await matches.get(knex, matchId);
  const collaboration = await findCollaboration(knex, match.collaborationId);
  if (!collaboration) throw notFound('collaboration');
  const left = await contributions.get(knex, match.leftContributionId);
  const right = await contributions.get(knex, match.rightContributionId);
  return { collaboration, match, left, right };
}
