// Asking a reviewed question of a match.
import { instantOf } from '../clock.ts';
import { assertAcceptedMember, assertActive } from '../collaborations/collaboration.ts';
import { lockVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { matches } from '../collaborations/match.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type Run, runs } from './run.ts';

export async function createRun(
  ground: Ground,
  caller: TenantCaller,
  question: { collaborationId: string; analysis: 'overlap'; matchId: string },
): Promise<Run> {
  const id = newId('run');
  const event = {
    ...byCaller(caller),
    event: 'analysis.requested',
    outcome: 'succeeded',
    subject: { kind: 'run', id },
    detail: { analysis: question.analysis, match: question.matchId },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const key = { id: question.collaborationId, tenantId: caller.tenantId };
    const collaboration = await lockVisibleCollaboration(tx, key);
    assertActive(collaboration, instantOf(ground.clock));
    assertAcceptedMember(collaboration, caller.tenantId);
    const match = await matches.get(tx.trx, question.matchId, { collaboration_id: collaboration.id });
    if (match.status !== 'ready') {
      throw new ServiceError('state_conflict', { detail: `The match is ${match.status}, not ready.` });
    }
    const job = {
      kind: 'run',
      tenantId: caller.tenantId,
      subject: { kind: 'run', id },
      turnId: collaboration.id,
      input: { runId: id, requestedBy: caller.memberId },
      createdBy: caller.memberId,
    };
    const run: Run = {
      id,
      collaborationId: collaboration.id,
      tenantId: caller.tenantId,
      analysis: question.analysis,
      matchId: match.id,
      status: 'queued',
      jobId: await insertJob(tx, job, instantOf(ground.clock)),
      result: null,
      decision: null,
      receiptEventId: null,
      createdAt: instantOf(ground.clock),
    };
    await runs.insert(tx, run);
    return run;
  });
  return result;
}
