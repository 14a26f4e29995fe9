// The sweep over requests that nobody decided in time. Until it comes by, deciding refuses them already.
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { type Approval, approvals } from './approval.ts';
import { detailName, lockApprovalsOf } from './approval-service.ts';
import { voidRound } from './request-approval.ts';
import { approvableKind } from './subjects.ts';

const SWEEPER = { kind: 'service', id: 'sweeper' } as const;

/** Each in a transaction of its own. Returns how many ran out. */
export async function expireApprovals(ground: Ground): Promise<number> {
  const overdue = await ground.db
    .knex('approval_requests')
    .where({ status: 'pending' })
    .where('expires_at', '<=', instantOf(ground.clock))
    .orderBy('id')
    .select('id');
  let expired = 0;
  for (const { id } of overdue as { id: string }[]) {
    try {
      await expireApproval(ground, await approvals.get(ground.db.knex, id));
      expired++;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'state_conflict') continue;
      ground.log.error({ approval: id, err: (error as Error).name }, 'an approval did not expire');
    }
  }
  return expired;
}

async function expireApproval(ground: Ground, overdue: Approval): Promise<void> {
  const by = { actor: SWEEPER, tenantId: overdue.tenantId };
  const { subjectKind: kind, subjectId } = overdue;
  await auditedTransaction(
    ground.db,
    {
      ...by,
      event: 'approval.expired',
      outcome: 'succeeded',
      subject: { kind: 'approval', id: overdue.id },
      detail: { [detailName(overdue)]: subjectId, shownHash: overdue.shownHash },
    },
    async (tx) => {
      const all = await lockApprovalsOf(tx, overdue);
      const current = all.find(({ id }) => id === overdue.id);
      if (current?.status !== 'pending') throw new ServiceError('state_conflict');
      await approvals.save(tx, { ...current, status: 'expired' });
      await voidRound(tx, { kind, id: subjectId });
      await approvableKind(kind).settle(ground, tx, { subjectId, outcome: 'expired', by });
    },
  );
}
