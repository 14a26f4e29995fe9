// Drafting an activation, asking for its approvals and withdrawing it.
import type { AuditEventName } from '../../audit/event.ts';
import { voidPending } from '../approvals/request-approval.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { destinations } from '../destinations/destination.ts';
import { assertAudienceChosen } from '../destinations/destination-service.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type Activation, activations } from './activation.ts';
import { askApprovers } from './activation-approval.ts';
import type { AudienceGrounds } from './activation-grounds.ts';
import { currentTermsHash, groundsOf } from './activation-terms.ts';
import { type ExclusionWish, exclusionsOf } from './exclusions.ts';

export async function createActivation(
  ground: Ground,
  caller: TenantCaller,
  { exclude, ...wish }: { audienceId: string; destinationId: string; purpose: string; exclude: ExclusionWish },
): Promise<Activation> {
  const id = newId('act');
  const event = {
    ...byCaller(caller),
    event: 'activation.requested',
    outcome: 'succeeded',
    subject: { kind: 'activation', id },
    detail: {
      ...{ audience: wish.audienceId, destination: wish.destinationId, purpose: wish.purpose },
      ...(isNothing(exclude) ? {} : { excluding: [...exclude.audienceIds, ...exclude.segmentIds] }),
    },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const where = { tenant_id: caller.tenantId };
    await tx
      .trx('audiences')
      .where({ ...where, id: wish.audienceId })
      .first('id')
      .then(orNotFound('audience'));
    const destination = await destinations.get(tx.trx, wish.destinationId, { ...where, deleted_at: null });
    assertAudienceChosen(destination);
    const { tenantId } = caller;
    const exclusions = await exclusionsOf(tx, exclude, { tenantId, audienceId: wish.audienceId });
    const activation: Activation = {
      id,
      tenantId: caller.tenantId,
      ...wish,
      status: 'draft',
      requestedBy: caller.memberId,
      termsHash: await currentTermsHash(tx.trx, { ...wish, exclusions }),
      dryRun: null,
      exclusions,
      createdAt: instantOf(ground.clock),
    };
    await activations.insert(tx, activation);
    return activation;
  });
  return result;
}

/** Asks every tenant whose rule wants a second person, and has it tried on real data first unless that was done. */
export async function submitActivation(ground: Ground, caller: TenantCaller, id: string): Promise<Activation> {
  const event = activationEvent(caller, { event: 'approval.requested', id });
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id, tenantId: caller.tenantId });
    if (activation.status !== 'draft') throw notInState(activation, 'submitted');
    await destinations.get(tx.trx, activation.destinationId, { deleted_at: null });
    const grounds = await groundsOf(tx.trx, activation);
    if (grounds.audience.status === 'failed') {
      throw new ServiceError('state_conflict', { detail: 'The audience has failed; refresh it first.' });
    }
    const termsHash = await currentTermsHash(tx.trx, activation);
    const forecast = isFresh(activation, termsHash, grounds) ? activation.dryRun : null;
    const asked = await askApprovers(ground, tx, { activation: { ...activation, termsHash }, forecast });
    const isWaiting = asked.length > 0;
    // Nobody approves what was not tried on real data.
    if (isWaiting && forecast === null) {
      await queueDryRun(ground, tx, { activation, memberId: caller.memberId });
      tx.alsoRecord({ ...event, event: 'activation.preview-requested' });
    }
    if (!isWaiting) tx.alsoRecord({ ...event, event: 'activation.approved' });
    const next: Activation = { ...activation, status: isWaiting ? 'awaiting_approval' : 'approved', termsHash };
    await activations.save(tx, next);
    return next;
  });
  return result;
}

export async function withdrawActivation(ground: Ground, caller: TenantCaller, id: string): Promise<Activation> {
  const event = activationEvent(caller, { event: 'activation.cancelled', id });
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id, tenantId: caller.tenantId });
    if (activation.status === 'withdrawn' || activation.status === 'refused') throw notInState(activation, 'withdrawn');
    await voidPending(tx, { kind: 'activation', id });
    const next: Activation = { ...activation, status: 'withdrawn' };
    await activations.save(tx, next);
    return next;
  });
  return result;
}

export async function requestDryRun(ground: Ground, caller: TenantCaller, id: string): Promise<string> {
  const event = activationEvent(caller, { event: 'activation.preview-requested', id });
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id, tenantId: caller.tenantId });
    return queueDryRun(ground, tx, { activation, memberId: caller.memberId });
  });
  return result;
}

async function queueDryRun(
  ground: Ground,
  tx: AuditedTransaction,
  { activation, memberId }: { activation: Activation; memberId: string },
): Promise<string> {
  const { id, tenantId, audienceId } = activation;
  const job = {
    kind: 'dry-run',
    tenantId,
    subject: { kind: 'activation', id },
    turnId: audienceId,
    input: { activationId: id },
    createdBy: memberId,
  };
  return insertJob(tx, job, instantOf(ground.clock));
}

/** A dry run counts for what it tried: the same terms, on the audience as it was evaluated last. */
function isFresh({ dryRun }: Activation, termsHash: string, { audience }: AudienceGrounds): boolean {
  return dryRun !== null && dryRun.terms_hash === termsHash && dryRun.at >= audience.instant;
}

export async function lockActivation(
  tx: AuditedTransaction,
  key: { id: string; tenantId: string },
): Promise<Activation> {
  await tx.trx('activations').where({ id: key.id }).forUpdate().first();
  return activations.get(tx.trx, key.id, { tenant_id: key.tenantId });
}

function isNothing({ audienceIds, segmentIds }: ExclusionWish): boolean {
  return audienceIds.length + segmentIds.length === 0;
}

function orNotFound(noun: string): (row: unknown) => void {
  return (row) => {
    if (row === undefined) throw new ServiceError('not_found', { detail: `There is no such ${noun}.` });
  };
}

function notInState(activation: Activation, verb: string): ServiceError {
  return new ServiceError('state_conflict', {
    detail: `The activation is ${activation.status} and cannot be ${verb}.`,
  });
}

function activationEvent<E extends AuditEventName>(caller: TenantCaller, { event, id }: { event: E; id: string }) {
  return { ...byCaller(caller), event, outcome: 'succeeded' as const, subject: { kind: 'activation', id }, detail: {} };
}
