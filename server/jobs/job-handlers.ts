// Jobs as their tenant sees them.
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { jobBody } from './job.ts';
import { getJob, listJobs } from './job-store.ts';

export function jobHandlers(ground: Ground): Pick<Handlers, 'listJobs' | 'getJob'> {
  return {
    listJobs: ({ tenantId, query }) => listJobs(ground.db, tenantId, query, jobBody),
    getJob: async ({ tenantId, params }) => jobBody(await getJob(ground.db, params.job_id, tenantId)),
  };
}
