// Deciding on an approval: by someone other than who asked, and for the exact terms that were shown.
import { activations } from '../activations/activation.ts';
import { currentTermsHash } from '../activations/activation-service.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { authorise } from '../http/access.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { type Approval, approvals } from './approval.ts';

export interface ApprovalDecision {
  readonly approvalId: string;
  readonly outcome: 'approve' | 'refuse';
  readonly comment: string | null;
  readonly termsHash: string;
}

export async function decideApproval(
  ground: Ground,
  caller: TenantCaller,
  decision: ApprovalDecision,
): Promise<Approval> {
  const asked = await approvals.get(ground.db.knex, decision.approvalId, { tenant_id: caller.tenantId });
  await authorise(ground, {
    caller,
    permission: 'approval:decide',
    resource: { type: 'approval', id: asked.id, tenantId: asked.tenantId, requestedBy: asked.requestedBy },
  });
  const granted = decision.outcome === 'approve';
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...byCaller(caller),
      event: granted ? 'approval.granted' : 'approval.refused',
      outcome: 'succeeded',
      subject: { kind: 'approval', id: asked.id },
      detail: { activation: asked.activationId, termsHash: decision.termsHash },
    },
    async (tx) => {
      const approval = await lockPending(tx, asked.id);
      if (decision.termsHash !== approval.termsHash) throw termsChanged();
      if (granted) await assertTermsStand(tx, approval);
      const decided: Approval = {
        ...approval,
        status: granted ? 'approved' : 'refused',
        decidedBy: caller.memberId,
        comment: decision.comment,
        decidedAt: instantOf(ground.clock),
        receiptEventId: tx.eventId,
      };
      await approvals.save(tx, decided);
      await settleActivation(tx, decided, byCaller(caller));
      return decided;
    },
  );
  return result;
}

async function lockPending(tx: AuditedTransaction, id: string): Promise<Approval> {
  await tx.trx('approvals').where({ id }).forUpdate().first();
  const approval = await approvals.get(tx.trx, id);
  if (approval.status === 'pending') return approval;
  throw new ServiceError('state_conflict', { detail: `This approval is ${approval.status} already.` });
}

/** A refusal needs no terms that still stand; an approval does. */
async function assertTermsStand(tx: AuditedTransaction, approval: Approval): Promise<void> {
  const activation = await activations.get(tx.trx, approval.activationId);
  if (approval.termsHash !== (await currentTermsHash(tx.trx, activation))) throw termsChanged();
}

function termsChanged(): ServiceError {
  return new ServiceError('state_conflict', {
    detail: 'What was to be approved has changed since it was shown. Withdraw the activation and draft it again.',
  });
}

/** One refusal ends it; the last approval opens it. Told in the log of the tenant that asked. */
async function settleActivation(
  tx: AuditedTransaction,
  decided: Approval,
  by: Pick<AuditDraft, 'actor'>,
): Promise<void> {
  await tx.trx('activations').where({ id: decided.activationId }).forUpdate().first();
  const activation = await activations.get(tx.trx, decided.activationId);
  if (activation.status !== 'awaiting_approval') return;
  const all = await approvals.listAll(tx.trx, { activation_id: activation.id });
  const refused = decided.status === 'refused';
  if (!refused && all.some(({ status }) => status !== 'approved')) return;
  await tx.trx('approvals').where({ activation_id: activation.id, status: 'pending' }).update({ status: 'void' });
  await activations.save(tx, { ...activation, status: refused ? 'refused' : 'approved' });
  tx.alsoRecord({
    actor: by.actor,
    tenantId: activation.tenantId,
    event: refused ? 'activation.refused' : 'activation.approved',
    outcome: 'succeeded',
    subject: { kind: 'activation', id: activation.id },
    detail: { termsHash: activation.termsHash },
  });
}
