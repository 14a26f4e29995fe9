// Which audiences a tenant has had delivered of a partner's persons to destinations of one kind: two accounts at a platform belong to
// the same eyes, and so do two collaborations over the same data.
import type { Knex } from 'knex';
import type { EarlierDelivery } from '../../matching/audience-difference.ts';
import type { AudienceGrounds } from '../activations/activation-grounds.ts';
import type { ConfiguredDestination } from '../destinations/destination.ts';

/** None for an own dataset: nobody else's persons are told apart by it. */
export async function listEarlierDeliveries(
  knex: Knex,
  of: { grounds: AudienceGrounds; destination: ConfiguredDestination },
): Promise<EarlierDelivery[]> {
  const { matched, audience } = of.grounds;
  if (matched === undefined) return [];
  const partners = [matched.left, matched.right].filter(({ tenantId }) => tenantId !== audience.tenantId);
  const datasets = partners.map(({ datasetId }) => datasetId);
  const rows = (await knex('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .join('matches', 'matches.id', 'audiences.match_id')
    .join({ l: 'contributions' }, 'l.id', 'matches.left_contribution_id')
    .join({ r: 'contributions' }, 'r.id', 'matches.right_contribution_id')
    .join('destinations', 'destinations.id', 'activations.destination_id')
    .where({ 'activations.tenant_id': audience.tenantId, 'destinations.kind': of.destination.kind })
    .where((one) =>
      one
        .where('matches.collaboration_id', matched.collaboration.id)
        .orWhereIn('l.dataset_id', datasets)
        .orWhereIn('r.dataset_id', datasets),
    )
    .distinct('activations.audience_id as audience', 'activations.destination_id as destination')) as EarlierDelivery[];
  return rows.map((row) => ({ audience: row.audience, destination: row.destination }));
}
