// Asking for a delivery, once an activation is approved.
import type { Activation } from '../activations/activation.ts';
import { lockActivation } from '../activations/activation-service.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { destinations } from '../destinations/destination.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type Delivery, type DeliveryMode, deliveries } from './delivery.ts';

/** Deliveries of one audience run one after the other. */
export async function createDelivery(
  ground: Ground,
  caller: TenantCaller,
  { activationId, mode }: { activationId: string; mode: DeliveryMode },
): Promise<Delivery> {
  const id = newId('dlv');
  const event = {
    ...byCaller(caller),
    event: 'delivery.requested',
    outcome: 'succeeded',
    subject: { kind: 'delivery', id },
    detail: { activation: activationId, mode },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id: activationId, tenantId: caller.tenantId });
    if (activation.status !== 'approved') {
      throw new ServiceError('state_conflict', {
        detail: `The activation is ${activation.status}; only an approved one is delivered.`,
      });
    }
    await destinations.get(tx.trx, activation.destinationId, { deleted_at: null });
    return queueDelivery(ground, tx, { id, activation, mode, createdBy: caller.memberId });
  });
  return result;
}

interface QueuedDelivery {
  readonly id?: string;
  readonly activation: Activation;
  readonly mode: DeliveryMode;
  /** The member for whom it is. */
  readonly createdBy: string;
  /** Rows that a platform had not taken, to be told again. */
  readonly letterIds?: readonly string[];
  /** Of the schedule whose run it is: the audience is evaluated anew first. */
  readonly scheduleId?: string;
}

/** In the transaction of what asks for it, which has seen to it that the activation is approved. */
export async function queueDelivery(
  ground: Ground,
  tx: AuditedTransaction,
  { id = newId('dlv'), activation, mode, createdBy, letterIds, scheduleId }: QueuedDelivery,
): Promise<Delivery> {
  const { tenantId } = activation;
  const at = instantOf(ground.clock);
  const job = {
    kind: 'deliver',
    tenantId,
    subject: { kind: 'delivery', id },
    turnId: activation.audienceId,
    input: {
      deliveryId: id,
      ...(letterIds === undefined ? {} : { letterIds: [...letterIds] }),
      ...(scheduleId === undefined ? {} : { scheduleId }),
    },
    createdBy,
  };
  const unended = { report: null, decision: null, receiptEventId: null, createdAt: at, finishedAt: null };
  const undecided = { decidedAt: null, isDeciding: 0, volume: null, held: null };
  const delivery: Delivery = {
    ...{ id, tenantId, activationId: activation.id, mode, status: 'queued', phase: 'queued' },
    jobId: await insertJob(tx, job, at),
    ...unended,
    ...undecided,
  };
  await deliveries.insert(tx, delivery);
  return delivery;
}
