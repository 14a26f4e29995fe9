// Asks for the load of a complete upload and follows its job to the end. The service goes on when this program stops.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Load, LoadMode } from '../../openapi/generated/api.ts';
import { CommandError, interrupted } from '../command-error.ts';
import { JOB_POLL_MS, MAX_POLL_FAILURES } from '../limits.ts';
import { refusalOf, type Service } from './service-client.ts';

export interface LoadUploadOptions {
  readonly service: Service;
  readonly datasetId: string;
  readonly uploadId: string;
  readonly mode: LoadMode;
  readonly sealedFileKey?: string;
  readonly signal: AbortSignal;
  readonly pollMs?: number;
  onProgress(job: Job): void;
}

/** The load once it has ended well, in full or in part. Throws load_failed with the row and field at fault. */
export async function loadUpload(options: LoadUploadOptions): Promise<Load> {
  const load = await requestLoad(options);
  await followJob(load.job_id, options);
  const { data, error, response } = await options.service.GET('/v1/loads/{load_id}', {
    params: { path: { load_id: load.id } },
  });
  if (data === undefined) throw refusalOf(response.status, error);
  if (data.status === 'failed') throw loadFailed(data);
  return data;
}

async function requestLoad({ service, datasetId, uploadId, mode, sealedFileKey }: LoadUploadOptions): Promise<Load> {
  const { data, error, response } = await service.POST('/v1/datasets/{dataset_id}/loads', {
    // One load for an upload and a mode, however often the request is repeated.
    params: { path: { dataset_id: datasetId }, header: { 'Idempotency-Key': `load-${uploadId}-${mode}` } },
    body: { upload_id: uploadId, mode, ...(sealedFileKey === undefined ? {} : { sealed_file_key: sealedFileKey }) },
  });
  if (data === undefined) throw refusalOf(response.status, error);
  return data;
}

async function followJob(jobId: string, options: LoadUploadOptions): Promise<void> {
  for (let failures = 0; ; ) {
    try {
      const job = await getJob(jobId, options.service);
      failures = 0;
      options.onProgress(job);
      if (job.status !== 'queued' && job.status !== 'running') return;
    } catch (error) {
      failures += 1;
      const passing = error instanceof CommandError && error.code === 'network';
      if (!passing || failures >= MAX_POLL_FAILURES) throw error;
    }
    await sleep(options.pollMs ?? JOB_POLL_MS, undefined, { signal: options.signal }).catch(() => {
      throw interrupted();
    });
  }
}

async function getJob(jobId: string, service: Service): Promise<Job> {
  const { data, error, response } = await service.GET('/v1/jobs/{job_id}', { params: { path: { job_id: jobId } } });
  if (data === undefined) throw refusalOf(response.status, error);
  return data;
}

function loadFailed({ error, incident }: Load): CommandError {
  const what = incident ? 'the file held identifiers in the clear and was destroyed' : 'the load failed';
  return new CommandError('load_failed', error ? `${what}: ${error.code}` : what, {
    ...(error ? { hint: error.hint } : {}),
    ...(error?.row === undefined ? {} : { row: error.row }),
    ...(error?.field === undefined ? {} : { field: error.field }),
  });
}
