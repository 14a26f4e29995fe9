// A delivery's turn to be decided, and the record of what it told: so that every audience is compared with all that went before it.
import type { Activation } from '../activations/activation.ts';
import { getAudienceGrounds } from '../activations/activation-grounds.ts';
import { instantOf } from '../clock.ts';
import { getContactCap, takeTurnToCount } from '../contact-caps/contact-cap.ts';
import { destinations } from '../destinations/destination.ts';
import type { WorkerGround } from '../ground.ts';
import { JobPostponed } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { type Delivery, deliveries } from './delivery.ts';
import type { Selection } from './selection.ts';
import { keepTelling, noteRound, takeTurn } from './telling-store.ts';

/** After which a delivery asks again whether it is its turn. Deciding takes seconds. */
const TURN_MS = 1_000;

/** Throws JobPostponed while another delivery to the same receiver is being decided. */
export async function takeTurnToTell(
  ground: WorkerGround,
  job: RunningJob,
  { delivery, activation }: { delivery: Delivery; activation: Activation },
): Promise<void> {
  const { knex } = ground.db;
  const { audienceId, destinationId } = activation;
  const { matched } = await getAudienceGrounds(knex, { audienceId });
  if (matched === undefined) return;
  const { kind } = await destinations.get(knex, destinationId);
  const { id, tenantId } = delivery;
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'delivery.turn-taken',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id },
    detail: { collaboration: matched.collaboration.id },
  } as const;
  await job.during(event, async (tx) => {
    const receiver = { collaborationId: matched.collaboration.id, destinationId, destinationKind: kind };
    const isItsTurn = await takeTurn(tx, { id, tenantId, audienceId, ...receiver, toldAt: instantOf(ground.clock) });
    if (!isItsTurn) throw new JobPostponed(TURN_MS);
  });
}

/** Throws JobPostponed while another delivery of a tenant that bounds contacts is being decided. */
export async function takeTurnToBeCounted(
  ground: WorkerGround,
  job: RunningJob,
  { id: deliveryId, tenantId }: Delivery,
): Promise<void> {
  if ((await getContactCap(ground.db.knex, tenantId)).audiences === null) return;
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'delivery.turn-taken',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: deliveryId },
    detail: {},
  } as const;
  await job.during(event, async (tx) => {
    const now = instantOf(ground.clock);
    if (!(await takeTurnToCount(tx, { deliveryId, tenantId, now }))) throw new JobPostponed(TURN_MS);
  });
}

/** What is told is on record before the first id is sent. */
export async function noteTelling(
  ground: WorkerGround,
  job: RunningJob,
  { delivery, selection, round }: { delivery: Delivery; selection: Selection; round: number },
): Promise<void> {
  const { gate, destination } = selection;
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'delivery.started',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id: delivery.id },
    detail: { activation: delivery.activationId, destination: destination.id },
  } as const;
  await job.during(event, async (tx) => {
    await noteRound(tx, { deliveryId: delivery.id, round });
    const current = await deliveries.get(tx.trx, delivery.id);
    await deliveries.save(tx, { ...current, decidedAt: current.decidedAt ?? instantOf(ground.clock), isDeciding: 0 });
    if (gate !== undefined) await keepTelling(tx, { deliveryId: delivery.id, round, question: gate.question });
  });
}
