// Drafting an activation, asking for its approvals and withdrawing it.
import type { Knex } from 'knex';
import type { JsonValue } from '../../audit/canonical-json.ts';
import type { AuditEventName } from '../../audit/event.ts';
import { tenantsThatMustApprove } from '../../policies/audience-release.ts';
import { approvals } from '../approvals/approval.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { destinations } from '../destinations/destination.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type Activation, activations, termsHashOf } from './activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from './activation-grounds.ts';
import { activationSummary } from './activation-summary.ts';

export async function createActivation(
  ground: Ground,
  caller: TenantCaller,
  wish: { audienceId: string; destinationId: string; purpose: string },
): Promise<Activation> {
  const id = newId('act');
  const event = {
    ...byCaller(caller),
    event: 'activation.requested',
    outcome: 'succeeded',
    subject: { kind: 'activation', id },
    detail: { audience: wish.audienceId, destination: wish.destinationId, purpose: wish.purpose },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const where = { tenant_id: caller.tenantId };
    await tx
      .trx('audiences')
      .where({ ...where, id: wish.audienceId })
      .first('id')
      .then(orNotFound('audience'));
    await destinations.get(tx.trx, wish.destinationId, { ...where, deleted_at: null });
    const activation: Activation = {
      id,
      tenantId: caller.tenantId,
      ...wish,
      status: 'draft',
      requestedBy: caller.memberId,
      termsHash: await currentTermsHash(tx.trx, wish),
      dryRun: null,
      createdAt: instantOf(ground.clock),
    };
    await activations.insert(tx, activation);
    return activation;
  });
  return result;
}

/** One request to each tenant whose rule asks for a second person; none where every rule waives it. */
export async function submitActivation(ground: Ground, caller: TenantCaller, id: string): Promise<Activation> {
  const event = activationEvent(caller, { event: 'approval.requested', id });
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const activation = await lockActivation(tx, { id, tenantId: caller.tenantId });
    if (activation.status !== 'draft') throw notInState(activation, 'submitted');
    const destination = await destinations.get(tx.trx, activation.destinationId, { deleted_at: null });
    const grounds = await groundsOf(tx.trx, activation);
    if (grounds.audience.status === 'failed') {
      throw new ServiceError('state_conflict', { detail: 'The audience has failed; refresh it first.' });
    }
    const termsHash = await currentTermsHash(tx.trx, activation);
    const deciding = tenantsThatMustApprove(grounds.rules);
    for (const tenantId of deciding) {
      await approvals.insert(tx, {
        id: newId('apr'),
        activationId: id,
        tenantId,
        status: 'pending',
        termsHash,
        summary: activationSummary({ grounds, destination, purpose: activation.purpose }),
        requestedBy: activation.requestedBy,
        decidedBy: null,
        comment: null,
        receiptEventId: null,
        createdAt: instantOf(ground.clock),
        decidedAt: null,
      });
    }
    const status = deciding.length === 0 ? 'approved' : 'awaiting_approval';
    if (status === 'approved') tx.alsoRecord({ ...event, event: 'activation.approved' });
    const next: Activation = { ...activation, status, termsHash };
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
    await tx.trx('approvals').where({ activation_id: id, status: 'pending' }).update({ status: 'void' });
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
    const job = {
      kind: 'dry-run',
      tenantId: caller.tenantId,
      subject: { kind: 'activation', id },
      turnId: activation.audienceId,
      input: { activationId: id },
      createdBy: caller.memberId,
    };
    return insertJob(tx, job, instantOf(ground.clock));
  });
  return result;
}

export async function lockActivation(
  tx: AuditedTransaction,
  key: { id: string; tenantId: string },
): Promise<Activation> {
  await tx.trx('activations').where({ id: key.id }).forUpdate().first();
  return activations.get(tx.trx, key.id, { tenant_id: key.tenantId });
}

/** Of what the audience, the destination and the rules are now. An approval of another hash does not hold. */
export async function currentTermsHash(
  knex: Knex,
  activation: Pick<Activation, 'audienceId' | 'destinationId' | 'purpose'>,
): Promise<string> {
  const destination = await destinations.get(knex, activation.destinationId);
  const { segment, rules } = await groundsOf(knex, activation);
  return termsHashOf({
    audienceId: activation.audienceId,
    segment: segment.expression as unknown as JsonValue,
    destination: { id: destination.id, kind: destination.kind, settings: destination.settings as JsonValue },
    purpose: activation.purpose,
    rules: rules as unknown as JsonValue,
  });
}

async function groundsOf(
  knex: Knex,
  activation: Pick<Activation, 'audienceId' | 'destinationId' | 'purpose'>,
): Promise<AudienceGrounds> {
  const { kind } = await destinations.get(knex, activation.destinationId);
  const { audienceId, purpose } = activation;
  return getAudienceGrounds(knex, { audienceId, destination: kind, purpose });
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
