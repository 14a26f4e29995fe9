// Asking for a second person: one request to each tenant that must agree, all bound to the hash of what is shown.
import { type Clock, instantAfter, instantOf } from '../clock.ts';
import type { AuditDraft, AuditedTransaction } from '../database/audited-transaction.ts';
import { newId } from '../ids.ts';
import { type Approval, type ApprovalSubject, approvals } from './approval.ts';
import { APPROVAL_LIFETIME_MS } from './limits.ts';
import { hashOf, type Shown } from './shown.ts';

export interface ApprovalRequest {
  readonly subject: ApprovalSubject;
  /** Whose officers must agree; null stands for the operators of the service. */
  readonly tenantIds: readonly (string | null)[];
  /** A tenant may be shown less than another, such as the settings of another's destination. */
  readonly shown: Shown | ((tenantId: string | null) => Shown);
  readonly requestedBy: string;
}

/** In the transaction of what is asked for, so that nothing waits without its request. */
export async function requestApproval(
  tx: AuditedTransaction,
  clock: Clock,
  request: ApprovalRequest,
): Promise<Approval[]> {
  const made = request.tenantIds.map((tenantId): Approval => {
    const shown = typeof request.shown === 'function' ? request.shown(tenantId) : request.shown;
    return {
      id: newId('apr'),
      tenantId,
      subjectKind: request.subject.kind,
      subjectId: request.subject.id,
      status: 'pending',
      summary: shown.summary,
      shown,
      shownHash: hashOf(shown),
      requestedBy: request.requestedBy,
      decidedBy: null,
      comment: null,
      receiptEventId: null,
      createdAt: instantOf(clock),
      expiresAt: instantAfter(clock, APPROVAL_LIFETIME_MS),
      decidedAt: null,
    };
  });
  for (const approval of made) await approvals.insert(tx, approval);
  return made;
}

/** The event of asking, beside that of the change itself. */
export function approvalRequested(by: Pick<AuditDraft, 'actor' | 'tenantId'>, asked: readonly Approval[]): AuditDraft {
  const [first] = asked;
  return {
    ...by,
    event: 'approval.requested',
    outcome: 'succeeded',
    subject: { kind: first?.subjectKind ?? 'approval', id: first?.subjectId ?? '' },
    detail: { approvals: asked.map(({ id, shownHash }) => ({ id, shownHash })) },
  };
}

/** What nobody decided on yet needs no decision any more. Returns how many there were. */
export async function voidPending(tx: AuditedTransaction, subject: ApprovalSubject): Promise<number> {
  const where = { subject_kind: subject.kind, subject_id: subject.id, status: 'pending' };
  return tx.trx('approval_requests').where(where).update({ status: 'void' });
}

/** A round that ran out counts for nothing, not even what was approved in it. */
export async function voidRound(tx: AuditedTransaction, subject: ApprovalSubject): Promise<void> {
  const where = { subject_kind: subject.kind, subject_id: subject.id };
  await tx.trx('approval_requests').where(where).whereIn('status', ['pending', 'approved']).update({ status: 'void' });
}

export function countsStill({ status }: Approval): boolean {
  return status !== 'void' && status !== 'expired';
}

/** Whether every request about it was approved, for what its own kept document says. */
export function areAllApproved(all: readonly Approval[], basisHash: string): boolean {
  const counting = all.filter(countsStill);
  return (
    counting.length > 0 &&
    counting.every(
      ({ status, shown, shownHash }) =>
        status === 'approved' && shown.basis_hash === basisHash && hashOf(shown) === shownHash,
    )
  );
}
