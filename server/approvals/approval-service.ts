// Deciding on an approval: by someone other than who asked, in time, and for the exact document that was shown.
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { authorise } from '../http/access.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import { type Approval, approvals } from './approval.ts';
import { countsStill, voidPending } from './request-approval.ts';
import { approvableKind } from './subjects.ts';

export interface ApprovalDecision {
  readonly approvalId: string;
  readonly outcome: 'approve' | 'refuse';
  readonly comment: string | null;
  readonly shownHash: string;
}

export async function decideApproval(ground: Ground, caller: Caller, decision: ApprovalDecision): Promise<Approval> {
  const asked = await approvals.get(ground.db.knex, decision.approvalId, { tenant_id: caller.tenantId });
  await authorise(ground, {
    caller,
    permission: 'approval:decide',
    resource: { type: 'approval', id: asked.id, tenantId: asked.tenantId, requestedBy: asked.requestedBy },
  });
  const granted = decision.outcome === 'approve';
  const by = byCaller(caller);
  const { result } = await auditedTransaction(
    ground.db,
    {
      ...by,
      event: granted ? 'approval.granted' : 'approval.refused',
      outcome: 'succeeded',
      subject: { kind: 'approval', id: asked.id },
      detail: { [detailName(asked)]: asked.subjectId, shownHash: decision.shownHash },
    },
    async (tx) => {
      const all = await lockApprovalsOf(tx, asked);
      const approval = pendingOf(all, asked.id, instantOf(ground.clock));
      if (decision.shownHash !== approval.shownHash) throw changedSince();
      if (granted) await assertStillAsShown(ground, tx, approval);
      const decided: Approval = {
        ...approval,
        status: granted ? 'approved' : 'refused',
        decidedBy: caller.memberId,
        comment: decision.comment,
        decidedAt: instantOf(ground.clock),
        receiptEventId: tx.eventId,
      };
      await approvals.save(tx, decided);
      await settle(ground, tx, { decided, all, by });
      return decided;
    },
  );
  return result;
}

/** In events the subject goes by its kind, in camel case: `activation`, `keyExport`. */
export function detailName({ subjectKind }: Pick<Approval, 'subjectKind'>): string {
  return subjectKind.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** All of them in one order, so that two officers who decide at once see each other's decision. */
export async function lockApprovalsOf(
  tx: AuditedTransaction,
  { subjectKind, subjectId }: Pick<Approval, 'subjectKind' | 'subjectId'>,
): Promise<Approval[]> {
  const where = { subject_kind: subjectKind, subject_id: subjectId };
  await tx.trx('approval_requests').where(where).orderBy('id').forUpdate().select('id');
  return approvals.listAll(tx.trx, where);
}

function pendingOf(all: readonly Approval[], id: string, now: string): Approval {
  const approval = all.find((each) => each.id === id);
  if (approval?.status === 'pending' && approval.expiresAt > now) return approval;
  const status = approval?.status === 'pending' ? 'expired' : approval?.status;
  throw new ServiceError('state_conflict', { detail: `This approval is ${status} already.` });
}

/** A refusal needs nothing that still stands; an approval does. */
async function assertStillAsShown(ground: Ground, tx: AuditedTransaction, approval: Approval): Promise<void> {
  if (approval.shown.forecast === null) {
    throw new ServiceError('state_conflict', {
      detail:
        'The dry run has not ended yet. Look at the request again when it has; until then it can only be refused.',
    });
  }
  const current = await approvableKind(approval.subjectKind).currentBasisHash(ground, tx.trx, approval.subjectId);
  if (current !== approval.shown.basis_hash) throw changedSince();
}

function changedSince(): ServiceError {
  return new ServiceError('state_conflict', {
    detail:
      'What was to be approved has changed since it was shown. Read the request again, or have it asked for anew.',
  });
}

/** One refusal ends it; the last approval opens it. */
async function settle(
  ground: Ground,
  tx: AuditedTransaction,
  of: { decided: Approval; all: readonly Approval[]; by: Pick<AuditDraft, 'actor' | 'tenantId'> },
): Promise<void> {
  const { decided, all, by } = of;
  const refused = decided.status === 'refused';
  const others = all.filter((each) => each.id !== decided.id && countsStill(each));
  if (!refused && others.some(({ status }) => status !== 'approved')) return;
  const { subjectKind: kind, subjectId } = decided;
  await voidPending(tx, { kind, id: subjectId });
  await approvableKind(kind).settle(ground, tx, { subjectId, outcome: refused ? 'refused' : 'approved', by });
}
