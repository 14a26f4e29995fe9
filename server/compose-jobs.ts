// The wiring of the worker process: every kind of job, and what they stand on.
import { accessJob } from './access-requests/access-job.ts';
import { analysisJob } from './analyses/analysis-job.ts';
import { audienceJob } from './audiences/audience-job.ts';
import { releasing } from './audit-log/release-gate.ts';
import { backupJob } from './backup/backup-job.ts';
import { contributeJob } from './collaborations/contribute-job.ts';
import { engineDropJob } from './collaborations/engine-drop-job.ts';
import { matchJob } from './collaborations/match-job.ts';
import { expiredTermsJob } from './consents/expired-terms-job.ts';
import { deleteDatasetJob, dropRetiredVersionsJob, dropVersionJob } from './datasets/delete-dataset-job.ts';
import { loadJob } from './datasets/load-job.ts';
import { isVersionInUse } from './datasets/retired-versions.ts';
import { eraseJob } from './deletions/erase-job.ts';
import { deliveryJob } from './deliveries/delivery-job.ts';
import { dryRunJob } from './deliveries/dry-run-job.ts';
import { destinationTestJob } from './destinations/destination-test-job.ts';
import type { WorkerGround } from './ground.ts';
import type { JobKind } from './jobs/worker-loop.ts';
import { rotationJobs } from './keys/rotation-jobs.ts';
import { findRemovalsJob } from './removals/find-removals-job.ts';
import { removalJob } from './removals/removal-job.ts';
import { retentionJobs } from './retention/retention-jobs.ts';
import { suppressionJobs } from './suppression/suppression-jobs.ts';

/** A job whose kind is missing here waits for a worker that knows it. */
export function makeJobKinds(ground: WorkerGround): readonly JobKind[] {
  return [
    loadJob(ground),
    deleteDatasetJob(ground),
    dropVersionJob(ground),
    dropRetiredVersionsJob(ground, (versionId) => isVersionInUse(ground.db.knex, versionId)),
    ...suppressionJobs(ground),
    contributeJob(ground),
    matchJob(ground),
    engineDropJob(ground),
    releasing(ground, analysisJob(ground)),
    releasing(ground, audienceJob(ground)),
    releasing(ground, dryRunJob(ground)),
    releasing(ground, deliveryJob(ground)),
    findRemovalsJob(ground),
    expiredTermsJob(ground),
    removalJob(ground),
    destinationTestJob(ground),
    eraseJob(ground),
    accessJob(ground),
    ...retentionJobs(ground),
    ...rotationJobs(ground),
    backupJob(ground),
  ];
}
