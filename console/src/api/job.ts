// Follows a job until it has ended; the progress is what its worker says.
import type { Job } from '../../../openapi/generated/api.ts';
import { t } from '../i18n/i18n.ts';
import { answered, api } from './client.ts';
import { ApiProblem } from './problem.ts';

const GLANCE_MS = 500;

/** Throws ApiProblem when the job failed or was cancelled. */
export async function jobDone(jobId: string, onProgress: (job: Job) => void = () => {}): Promise<Job> {
  for (;;) {
    const job = await answered(api.GET('/v1/jobs/{job_id}', { params: { path: { job_id: jobId } } }));
    onProgress(job);
    if (job.status === 'failed' || job.status === 'cancelled') throw problemOfJob(job);
    if (job.finished_at !== null) return job;
    await new Promise((resolve) => setTimeout(resolve, GLANCE_MS));
  }
}

function problemOfJob({ error }: Job): ApiProblem {
  const { code = 'unexpected', detail } = error ?? {};
  const title = t('problems.job_failed');
  return new ApiProblem({ type: 'about:blank', title, status: 0, code, request_id: '', ...(detail ? { detail } : {}) });
}
