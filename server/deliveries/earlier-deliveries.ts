// Which audiences a tenant has had delivered out of a collaboration to destinations of one kind: two accounts at a platform
// belong to the same eyes.
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
  const rows = (await knex('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .join('matches', 'matches.id', 'audiences.match_id')
    .join('destinations', 'destinations.id', 'activations.destination_id')
    .where({
      'matches.collaboration_id': matched.collaboration.id,
      'activations.tenant_id': audience.tenantId,
      'destinations.kind': of.destination.kind,
    })
    .distinct('activations.audience_id as audience', 'activations.destination_id as destination')) as EarlierDelivery[];
  return rows.map((row) => ({ audience: row.audience, destination: row.destination }));
}
