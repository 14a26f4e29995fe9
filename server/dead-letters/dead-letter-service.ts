// Retrying dead letters, and destroying them once their time is over or somebody among them was erased.
import { lockActivation } from '../activations/activation-service.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { type Delivery, deliveries } from '../deliveries/delivery.ts';
import { queueDelivery } from '../deliveries/delivery-service.ts';
import { destinations } from '../destinations/destination.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { listRemovalTargets } from '../removals/removal-targets.ts';
import { type DeadLetter, deadLetters, destroySealed } from './dead-letter.ts';
import { MAX_DESTROYED_AT_ONCE } from './limits.ts';
import { canBeRetried, listLettersOf } from './rejected-rows.ts';

const SWEEPER = { kind: 'service', id: 'sweeper' } as const;

/** A delivery of what changed, that also tells the rows of the letter again: whoever may still leave is added, whoever may not is removed. */
export async function retryDeadLetter(ground: Ground, caller: TenantCaller, id: string): Promise<DeadLetter> {
  const deliveryId = newId('dlv');
  const { result } = await auditedTransaction(ground.db, retriedEvent(caller, { id, deliveryId }), async (tx) => {
    const letter = await lockLetter(tx, { id, tenantId: caller.tenantId });
    assertRetryable(letter);
    await queueRetry(ground, tx, caller, { deliveryId, activationId: letter.activationId, letterIds: [letter.id] });
    return retried(tx, letter, deliveryId);
  });
  return result;
}

/** All letters of a delivery that wait and can be retried, or those about these codes, by one delivery. */
export async function retryRejectedRows(
  ground: Ground,
  caller: TenantCaller,
  wish: { deliveryId: string; codes: readonly string[] | undefined },
): Promise<Delivery> {
  const { tenantId } = caller;
  const id = newId('dlv');
  const subject = { kind: 'delivery', id } as const;
  const detail = { retries: wish.deliveryId, ...(wish.codes === undefined ? {} : { codes: [...wish.codes] }) };
  const event = { ...byCaller(caller), event: 'delivery.requested', outcome: 'succeeded', subject, detail } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const { activationId } = await deliveries.get(tx.trx, wish.deliveryId, { tenant_id: tenantId });
    const waiting = { delivery_id: wish.deliveryId, tenant_id: tenantId, status: 'waiting' };
    await tx.trx('dead_letters').where(waiting).forUpdate().select('id');
    const letters = (await listLettersOf(tx.trx, { deliveryId: wish.deliveryId, tenantId })).filter(
      (letter) => canBeRetried(letter) && (wish.codes?.some((code) => Object.hasOwn(letter.codes, code)) ?? true),
    );
    if (letters.length === 0) {
      const detail = 'Nothing of it waits that can be retried. Each code says what to do instead.';
      throw new ServiceError('state_conflict', { detail });
    }
    const letterIds = letters.map((letter) => letter.id);
    const queued = await queueRetry(ground, tx, caller, { deliveryId: id, activationId, letterIds });
    for (const letter of letters) {
      tx.alsoRecord(retriedEvent(caller, { id: letter.id, deliveryId: id }));
      await retried(tx, letter, id);
    }
    return queued;
  });
  return result;
}

function retriedEvent(caller: TenantCaller, { id, deliveryId }: { id: string; deliveryId: string }) {
  return {
    ...byCaller(caller),
    event: 'dead-letter.retried' as const,
    outcome: 'succeeded' as const,
    subject: { kind: 'dead-letter', id },
    detail: { delivery: deliveryId },
  };
}

async function queueRetry(
  ground: Ground,
  tx: AuditedTransaction,
  { tenantId, memberId: createdBy }: TenantCaller,
  of: { deliveryId: string; activationId: string; letterIds: readonly string[] },
): Promise<Delivery> {
  const activation = await lockActivation(tx, { id: of.activationId, tenantId });
  if (activation.status !== 'approved') {
    throw new ServiceError('state_conflict', {
      detail: `The activation is ${activation.status}; only an approved one is delivered.`,
    });
  }
  await destinations.get(tx.trx, activation.destinationId, { deleted_at: null });
  const { deliveryId: id, letterIds } = of;
  return queueDelivery(ground, tx, { id, activation, mode: 'delta', createdBy, letterIds });
}

async function retried(tx: AuditedTransaction, letter: DeadLetter, deliveryId: string): Promise<DeadLetter> {
  const next: DeadLetter = { ...letter, status: 'retried', retryDeliveryId: deliveryId };
  await deadLetters.save(tx, next);
  return next;
}

async function lockLetter(tx: AuditedTransaction, key: { id: string; tenantId: string }): Promise<DeadLetter> {
  await tx.trx('dead_letters').where({ id: key.id }).forUpdate().first();
  return deadLetters.get(tx.trx, key.id, { tenant_id: key.tenantId });
}

function assertRetryable(letter: DeadLetter): void {
  if (letter.status !== 'waiting') {
    throw new ServiceError('state_conflict', { detail: `This dead letter is ${letter.status} already.` });
  }
  if (letter.isRetryable === 1) return;
  const codes = Object.keys(letter.codes).join(', ');
  throw new ServiceError('state_conflict', {
    detail: `The same rows would meet the same answer (${codes}). Mend what it names, then ask for a full delivery.`,
  });
}

/** The ids of retried letters are needed no more once their delivery has ended. */
export async function forgetRetried(tx: AuditedTransaction, ground: Ground, letterId: string): Promise<void> {
  const letter = await deadLetters.find(tx.trx, letterId);
  if (letter !== undefined) await deadLetters.save(tx, await destroySealed(tx, ground, letter));
}

export async function destroyOldLetters(ground: Ground): Promise<void> {
  const rows = (await ground.db
    .knex('dead_letters')
    .whereNot({ status: 'destroyed' })
    .where('expires_at', '<=', instantOf(ground.clock))
    .orderBy('id')
    .limit(MAX_DESTROYED_AT_ONCE)
    .select('id', 'tenant_id')) as { id: string; tenant_id: string }[];
  for (const { id, tenant_id: tenantId } of rows) {
    const event = {
      tenantId,
      actor: SWEEPER,
      event: 'dead-letter.destroyed',
      outcome: 'succeeded',
      subject: { kind: 'dead-letter', id },
      detail: { because: 'expired' },
    } as const;
    await auditedTransaction(ground.db, event, async (tx) =>
      destroyLetter(tx, ground, await deadLetters.get(tx.trx, id)),
    );
  }
}

async function destroyLetter(tx: AuditedTransaction, ground: Ground, letter: DeadLetter): Promise<void> {
  await deadLetters.save(tx, { ...(await destroySealed(tx, ground, letter)), status: 'destroyed' });
}

/** Who is erased may be among the sealed ids of any letter of an audience that shows persons of the tenant, a partner's too. */
export async function destroyLettersOf(ground: Ground, tenantId: string): Promise<void> {
  const targets = await listRemovalTargets(ground.db.knex, tenantId);
  await asService(async () => {
    for (const { audienceId, destinationId } of targets) {
      const where = { audience_id: audienceId, destination_id: destinationId };
      const letters = await deadLetters.listAll(ground.db.knex, where);
      for (const letter of letters.filter(({ sealed }) => sealed !== null)) {
        const event = {
          tenantId: letter.tenantId,
          actor: { kind: 'worker', id: 'erasure' },
          event: 'dead-letter.destroyed',
          outcome: 'succeeded',
          subject: { kind: 'dead-letter', id: letter.id },
          detail: { because: 'erasure' },
        } as const;
        await auditedTransaction(ground.db, event, (tx) => destroyLetter(tx, ground, letter));
      }
    }
  });
}
