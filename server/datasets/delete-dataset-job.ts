// Erasing what no reader can see any more: every version of a deleted dataset, and versions that a newer one retired.
import { dropDatasetVersion } from '../../matching/load.ts';
import { instantOf } from '../clock.ts';
import type { AuditDraft } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { removeUploadFile, shredUpload } from '../uploads/destroy-upload.ts';
import { deleteVersionRow, listVersions, type VersionRow } from './dataset-store.ts';
import { endLoad, type LoadRow } from './load.ts';
import { removeRejects } from './reject-file.ts';

/** Whether a contribution or an audience still stands on the persons of a version. */
export type IsVersionInUse = (versionId: string) => Promise<boolean>;

export function deleteDatasetJob(ground: WorkerGround): JobKind {
  return {
    name: 'delete-dataset',
    run: async (job) => {
      await cancelLoads(ground, job);
      for (const version of await listVersions(ground.db, job.subjectId)) await destroyVersion(ground, job, version);
      const loads = await ground.db.knex<LoadRow>('loads').where({ dataset_id: job.subjectId }).select('id');
      for (const { id } of loads) await removeRejects(ground.config.dataDir, id);
      await job.complete({ state: 'succeeded' }, event(job, 'dataset.destroyed', job.subjectId), async () => undefined);
    },
  };
}

/** Queued by each load that shows a new version. */
export function dropRetiredVersionsJob(ground: WorkerGround, isInUse: IsVersionInUse): JobKind {
  return {
    name: 'drop-retired-versions',
    run: async (job) => {
      const versions = await listVersions(ground.db, job.subjectId);
      for (const version of versions.filter(({ state }) => state === 'retired')) {
        if (!(await isInUse(version.id))) await destroyVersion(ground, job, version);
      }
      await job.complete({ state: 'succeeded' }, event(job, 'dataset.swept', job.subjectId), async () => undefined);
    },
  };
}

/** Loads that were asked for and will not run any more: their uploads are destroyed unread. */
async function cancelLoads(ground: WorkerGround, job: RunningJob): Promise<void> {
  const waiting = { dataset_id: job.subjectId, state: 'queued' as const };
  for (const load of await ground.db.knex<LoadRow>('loads').where(waiting)) {
    await job.during(event(job, 'load.cancelled', load.id), async (tx) => {
      await shredUpload(ground, tx, { id: load.upload_id, tenant_id: load.tenant_id });
      await endLoad(tx, load.id, { state: 'cancelled', finishedAt: instantOf(ground.clock) });
    });
    await removeUploadFile(ground.config.dataDir, load.upload_id);
  }
}

/** The tables of a version that no load could finish. */
export function dropVersionJob(ground: WorkerGround): JobKind {
  return {
    name: 'drop-version',
    run: async (job) => {
      await dropDatasetVersion(ground.engine, job.subjectId);
      const name = 'dataset-version.deleted';
      await job.complete({ state: 'succeeded' }, event(job, name, job.subjectId), async () => undefined);
    },
  };
}

const SUBJECT_KINDS = {
  'dataset.destroyed': 'dataset',
  'dataset.swept': 'dataset',
  'dataset-version.deleted': 'dataset-version',
  'load.cancelled': 'load',
} as const;

/** The row goes last: an attempt that dies in between finds it and drops the tables again. */
async function destroyVersion(ground: WorkerGround, job: RunningJob, version: VersionRow): Promise<void> {
  await dropDatasetVersion(ground.engine, version.id);
  await job.during(event(job, 'dataset-version.deleted', version.id), (tx) => deleteVersionRow(tx, version.id));
}

function event(job: RunningJob, name: keyof typeof SUBJECT_KINDS, id: string): AuditDraft {
  return {
    tenantId: job.tenantId,
    actor: job.actor,
    event: name,
    outcome: 'succeeded',
    subject: { kind: SUBJECT_KINDS[name], id },
    detail: {},
  };
}
