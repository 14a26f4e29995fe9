// The wiring of the worker process: every kind of job, and what they stand on.
import type { Engine } from '../matching/engine/engine.ts';
import type { Database } from './database/database.ts';
import { deleteDatasetJob, dropRetiredVersionsJob } from './datasets/delete-dataset-job.ts';
import { loadJob } from './datasets/load-job.ts';
import type { Ground } from './ground.ts';
import type { JobKind } from './jobs/worker-loop.ts';
import { suppressionJobs } from './suppression/suppression-jobs.ts';

export interface WorkerGround extends Ground {
  readonly engine: Engine;
  /** For files of one attempt; its own user alone can read it. */
  readonly scratchDir: string;
}

/** A job whose kind is missing here waits for a worker that knows it. */
export function makeJobKinds(ground: WorkerGround): readonly JobKind[] {
  return [
    loadJob(ground),
    deleteDatasetJob(ground),
    dropRetiredVersionsJob(ground, (versionId) => isVersionInUse(ground.db, versionId)),
    ...suppressionJobs(ground),
  ];
}

/** An audience over an own dataset keeps the numbers of the persons it was made from. */
async function isVersionInUse(db: Database, versionId: string): Promise<boolean> {
  const datasetOf = db.knex('dataset_versions').where({ id: versionId }).select('dataset_id');
  const contributed = await db.knex('contributions').where({ version_id: versionId }).first('id');
  const selected = await db.knex('audiences').where('dataset_id', 'in', datasetOf).first('id');
  return contributed !== undefined || selected !== undefined;
}
