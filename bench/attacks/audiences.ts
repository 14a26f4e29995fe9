// What a partner with an account at a destination can do: draft audiences, look at dry runs, have them approved and delivered.
import type { Activation, Delivery } from '../../openapi/generated/api.ts';
import { approve } from '../demo/activate.ts';
import { answer } from '../demo/api.ts';
import type { Organisation } from '../demo/tenants.ts';
import { jobEnded } from './partner.ts';
import type { Pair } from './room.ts';
import type { Seat } from './roster.ts';

export interface AudienceWish {
  readonly name: string;
  readonly segment: string;
  readonly destinationId: string;
}

/** An account of the attacker at a platform; here a folder, whose files it counts. */
export async function openAccount({ admin }: Organisation): Promise<string> {
  const body = {
    name: 'Own account',
    kind: 'file',
    settings: { folder: 'seat', id_type: 'customer' },
    credentials: {},
  };
  const destination = await answer('opening an account', admin.api.POST('/v1/destinations', { body }));
  return destination.id;
}

/** Segment, audience, activation and its dry run. */
export async function draft({ analyst }: Organisation, seat: Seat, wish: AudienceWish): Promise<Activation> {
  const { name, segment, destinationId } = wish;
  const { id: segment_id } = await answer(
    'writing a segment',
    analyst.api.POST('/v1/segments', { body: { name, collaboration_id: seat.collaborationId, text: segment } }),
  );
  const audience = await answer(
    'asking for an audience',
    analyst.api.POST('/v1/audiences', { body: { name, segment_id, match_id: seat.matchId } }),
  );
  await jobEnded('evaluating an audience', analyst, audience.job_id);
  const activation = await answer(
    'drafting an activation',
    analyst.api.POST('/v1/activations', {
      body: { audience_id: audience.id, destination_id: destinationId, purpose: 'advertising' },
    }),
  );
  const params = { path: { activation_id: activation.id } };
  const dryRun = await answer('a dry run', analyst.api.POST('/v1/activations/{activation_id}/dry-run', { params }));
  await jobEnded('a dry run', analyst, dryRun.job_id);
  return answer('a dry run', analyst.api.GET('/v1/activations/{activation_id}', { params }));
}

/** Approved by both officers, as members in good faith do; null when policy refuses it on the way. */
export async function deliver(pair: Pair, activation: Activation): Promise<Delivery | null> {
  const { analyst } = pair.attacker;
  const params = { path: { activation_id: activation.id } };
  const submit = await analyst.api.POST('/v1/activations/{activation_id}/submit', { params });
  if (submit.data === undefined || submit.data.status === 'refused') return null;
  await approve(activation.id, pair.attacker, pair.victim);
  const asked = await answer('delivering', analyst.api.POST('/v1/activations/{activation_id}/deliveries', { params }));
  await jobEnded('delivering', analyst, asked.job_id);
  const path = { delivery_id: asked.id };
  const delivery = await answer('delivering', analyst.api.GET('/v1/deliveries/{delivery_id}', { params: { path } }));
  return delivery.status === 'delivered' ? delivery : null;
}

/** What the ledger of the collaboration says was spent so far. */
export async function spentIn({ analyst }: Organisation, { collaborationId }: Seat): Promise<number> {
  const params = { path: { collaboration_id: collaborationId } };
  const budget = await answer(
    'reading the budget',
    analyst.api.GET('/v1/collaborations/{collaboration_id}/privacy-budget', { params }),
  );
  return budget.spent_pico_rho;
}
