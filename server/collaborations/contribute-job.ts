// Re-keys a dataset's match keys under the collaboration's key, into tables of their own; the contribution moves to them
// in the transaction that ends the job, and what hung on the earlier ones is dropped after it.
import { type ContributionRequest, contributeDataset } from '../../matching/contribute.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import { PermanentFailure } from '../jobs/job.ts';
import { insertJob } from '../jobs/job-store.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { isActive } from './collaboration.ts';
import { findCollaboration } from './collaboration-store.ts';
import type { Contribution } from './contribution.ts';
import { contributions, lockContribution } from './contribution-store.ts';
import { dropEngineObjects } from './engine-drop-job.ts';
import { discardMatches } from './match-service.ts';

export function contributeJob(ground: WorkerGround): JobKind {
  return {
    name: 'contribute',
    async run(job) {
      const contribution = await contributions.get(ground.db.knex, String(job.input.contributionId));
      const { version, types } = await currentVersion(ground, contribution);
      const engineId = await rememberedEngineId(job);
      await dropEngineObjects(ground.engine, [engineId]);
      job.progress({ phase: 're-keying', rows: 0, bytes: 0 });
      await contributeDataset(ground.engine, {
        version,
        contribution: engineId,
        tenantKey: await ground.keys.getTenantKey(contribution.tenantId),
        collaborationKey: await ground.keys.getCollaborationKey(contribution.collaborationId),
        types,
        scratchDir: ground.scratchDir,
        previous: earlierOf(contribution),
      });
      await job.complete(
        { state: 'succeeded' },
        {
          tenantId: job.tenantId,
          actor: job.actor,
          event: 'contribution.completed',
          outcome: 'succeeded',
          subject: { kind: 'contribution', id: contribution.id },
          detail: { collaboration: contribution.collaborationId, version },
        },
        (tx) => moveTo(ground, tx, { id: contribution.id, engineId, version }),
      );
    },
    async givenUp(tx, job) {
      const contribution = await contributions.get(tx.trx, String(job.input.contributionId));
      if (contribution.status === 'withdrawn') return;
      const status = contribution.engineId === null ? 'failed' : 'ready';
      await contributions.save(tx, { ...contribution, status });
    },
  };
}

function earlierOf({ engineId, versionId }: Contribution): ContributionRequest['previous'] {
  return engineId === null || versionId === null ? undefined : { contribution: engineId, version: versionId };
}

/** The same tables for every attempt, so that a killed one leaves none behind. */
async function rememberedEngineId(job: RunningJob): Promise<string> {
  const remembered = job.checkpoint?.engineId;
  if (typeof remembered === 'string') return remembered;
  const engineId = newId('con');
  await job.saveCheckpoint({ engineId });
  return engineId;
}

async function currentVersion(ground: WorkerGround, contribution: Contribution) {
  const collaboration = await findCollaboration(ground.db.knex, contribution.collaborationId);
  if (!collaboration || !isActive(collaboration, instantOf(ground.clock)) || contribution.status === 'withdrawn') {
    throw new PermanentFailure({
      code: 'collaboration_inactive',
      detail: 'The collaboration or contribution has ended.',
    });
  }
  const dataset = (await ground.db.knex('datasets').where({ id: contribution.datasetId }).first()) as
    | { visible_version_id: string | null }
    | undefined;
  const version = dataset?.visible_version_id;
  if (!version)
    throw new PermanentFailure({ code: 'dataset_empty', detail: 'Load the dataset before it is contributed.' });
  return { version, types: [...collaboration.terms.identifierTypes] };
}

async function moveTo(
  ground: WorkerGround,
  tx: AuditedTransaction,
  moved: { id: string; engineId: string; version: string },
): Promise<void> {
  const contribution = await lockContribution(tx, moved.id);
  if (contribution.status === 'withdrawn') return queueDrop(ground, tx, { contribution, objectIds: [moved.engineId] });
  const earlier = contribution.engineId;
  await contributions.save(tx, {
    ...contribution,
    status: 'ready',
    engineId: moved.engineId,
    versionId: moved.version,
    contributedAt: instantOf(ground.clock),
  });
  if (earlier === null) return;
  const objectIds = [earlier, ...(await discardMatches(tx, contribution.id))];
  await queueDrop(ground, tx, { contribution, objectIds });
}

async function queueDrop(
  ground: WorkerGround,
  tx: AuditedTransaction,
  { contribution, objectIds }: { contribution: Contribution; objectIds: string[] },
): Promise<void> {
  const job = {
    kind: 'engine-drop',
    tenantId: contribution.tenantId,
    subject: { kind: 'contribution', id: contribution.id },
    turnId: contribution.collaborationId,
    input: { objectIds },
    createdBy: 'worker',
  };
  await insertJob(tx, job, instantOf(ground.clock));
}
