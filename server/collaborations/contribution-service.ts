// What becomes of contributions once members have accepted them, and how one goes without a trace.
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Caller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { insertJob } from '../jobs/job-store.ts';
import type { Change } from './change-proposal.ts';
import { changeProposals } from './change-proposal-store.ts';
import { assertActive, type Collaboration } from './collaboration.ts';
import { lockVisibleCollaboration } from './collaboration-store.ts';
import type { Contribution } from './contribution.ts';
import { contributions, lockContribution } from './contribution-store.ts';
import { discardAudiences, discardMatches } from './match-service.ts';

/** All members accepted: the worker re-keys the dataset under the collaboration's key. */
export async function startContribution(ground: Ground, tx: AuditedTransaction, contributionId: string): Promise<void> {
  const contribution = await lockContribution(tx, contributionId);
  await queueContribution(ground, tx, contribution);
}

export async function rejectContribution(tx: AuditedTransaction, change: Change): Promise<void> {
  if (change.kind !== 'add-contribution') return;
  await markWithdrawn(tx, [await contributions.get(tx.trx, change.contributionId)]);
}

/** The newest version of the dataset under the rule that members accepted: no new acceptance is needed. */
export async function refreshContribution(ground: Ground, caller: TenantCaller, id: string): Promise<string> {
  const { result } = await auditedTransaction(
    ground.db,
    contributionEvent(caller, { id, event: 'contribution.refresh-requested' }),
    async (tx) => {
      const { contribution, collaboration } = await lockOwnContribution(tx, { id, tenantId: caller.tenantId });
      assertActive(collaboration, instantOf(ground.clock));
      if (contribution.status !== 'ready' && contribution.status !== 'failed') {
        throw new ServiceError('state_conflict', {
          detail: `A ${contribution.status} contribution cannot be refreshed.`,
        });
      }
      return queueContribution(ground, tx, contribution);
    },
  );
  return result;
}

export async function withdrawContribution(ground: Ground, caller: TenantCaller, id: string): Promise<string> {
  const { result } = await auditedTransaction(
    ground.db,
    contributionEvent(caller, { id, event: 'contribution.withdrawn' }),
    async (tx) => {
      const { contribution } = await lockOwnContribution(tx, { id, tenantId: caller.tenantId });
      if (contribution.status === 'withdrawn') {
        throw new ServiceError('state_conflict', { detail: 'This contribution has been withdrawn already.' });
      }
      return discard(ground, tx, { gone: [contribution], collaborationId: contribution.collaborationId, by: caller });
    },
  );
  return result;
}

/** With members that leave, or a collaboration that ends. The job, of the tenant it is done for, drops what is in the engine. */
export async function discardContributions(
  ground: Ground,
  tx: AuditedTransaction,
  of: { collaborationId: string; tenantIds: readonly string[]; by: JobOwner },
): Promise<string> {
  const { collaborationId, by } = of;
  const all = await contributions.listAll(tx.trx, { collaboration_id: collaborationId });
  const gone = all.filter(({ tenantId, status }) => of.tenantIds.includes(tenantId) && status !== 'withdrawn');
  return discard(ground, tx, { gone, collaborationId, by });
}

/** When a dataset is erased, whatever was contributed of it goes with it. Returns the ids whose engine tables are to be dropped. */
export async function discardContributionsOfDataset(tx: AuditedTransaction, datasetId: string): Promise<string[]> {
  return markWithdrawn(tx, await contributions.listAll(tx.trx, { dataset_id: datasetId }));
}

/** Whose job it is: the tenant that may follow it, and who asked. */
export interface JobOwner {
  readonly tenantId: string;
  readonly memberId: string;
}

async function discard(
  ground: Ground,
  tx: AuditedTransaction,
  { gone, collaborationId, by }: { gone: readonly Contribution[]; collaborationId: string; by: JobOwner },
): Promise<string> {
  // The collaboration's own tables are suppression lists carried into it; the next delivery carries them anew.
  const objectIds = [...(await markWithdrawn(tx, gone)), collaborationId];
  const job = {
    kind: 'engine-drop',
    tenantId: by.tenantId,
    subject: { kind: 'collaboration', id: collaborationId },
    turnId: collaborationId,
    input: { objectIds },
    createdBy: by.memberId,
  };
  return insertJob(tx, job, instantOf(ground.clock));
}

async function markWithdrawn(tx: AuditedTransaction, gone: readonly Contribution[]): Promise<string[]> {
  const objectIds: string[] = [];
  for (const { id } of gone) {
    const contribution = await lockContribution(tx, id);
    await contributions.save(tx, { ...contribution, status: 'withdrawn', engineId: null, versionId: null });
    await voidChangesOf(tx, contribution);
    if (contribution.engineId !== null) objectIds.push(contribution.engineId);
    const matchIds = await discardMatches(tx, contribution.id);
    objectIds.push(...matchIds, ...(await discardAudiences(tx, matchIds)));
  }
  return [...new Set(objectIds)];
}

/** What is gone must not come back by a late acceptance. */
async function voidChangesOf(tx: AuditedTransaction, contribution: Contribution): Promise<void> {
  const where = { collaboration_id: contribution.collaborationId, status: 'open' };
  for (const proposal of await changeProposals.listAll(tx.trx, where)) {
    if (!('contributionId' in proposal.change) || proposal.change.contributionId !== contribution.id) continue;
    await changeProposals.save(tx, { ...proposal, status: 'void' });
  }
}

async function queueContribution(ground: Ground, tx: AuditedTransaction, contribution: Contribution): Promise<string> {
  const job = {
    kind: 'contribute',
    tenantId: contribution.tenantId,
    subject: { kind: 'contribution', id: contribution.id },
    turnId: contribution.datasetId,
    input: { contributionId: contribution.id },
    createdBy: 'service',
  };
  const jobId = await insertJob(tx, job, instantOf(ground.clock));
  await contributions.save(tx, { ...contribution, status: 'contributing', jobId });
  return jobId;
}

/** With its collaboration, locked in this order so that matches and members stand still meanwhile. Throws `not_found`. */
export async function lockOwnContribution(
  tx: AuditedTransaction,
  { id, tenantId }: { id: string; tenantId: string },
): Promise<{ contribution: Contribution; collaboration: Collaboration }> {
  const { collaborationId } = await contributions.get(tx.trx, id, { tenant_id: tenantId });
  const collaboration = await lockVisibleCollaboration(tx, { id: collaborationId, tenantId });
  return { collaboration, contribution: await lockContribution(tx, id, { tenant_id: tenantId }) };
}

function contributionEvent(
  caller: Caller,
  subject: { id: string; event: 'contribution.withdrawn' | 'contribution.refresh-requested' },
) {
  return {
    ...byCaller(caller),
    event: subject.event,
    outcome: 'succeeded' as const,
    subject: { kind: 'contribution', id: subject.id },
    detail: {},
  };
}
