// The job behind a load: reads the upload into a new version that nobody sees, then shows it in the one transaction that also
// destroys the upload's key. Killed at any step, the earlier version stands and the next attempt starts clean.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { dropDatasetVersion, loadDataset } from '../../matching/load.ts';
import { LoadFailure, type LoadOutcome, type LoadRequest } from '../../matching/load-request.ts';
import { instantOf } from '../clock.ts';
import type { AuditDraft, AuditedTransaction } from '../database/audited-transaction.ts';
import { findErasedKeys } from '../deletions/tombstones.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobFailure } from '../jobs/job.ts';
import { insertJob } from '../jobs/job-store.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { monthsAfter } from '../retention/expiry.ts';
import { removeUploadFile, shredUpload, uploadDestroyed } from '../uploads/destroy-upload.ts';
import { readEncrypted } from '../uploads/encrypted-file.ts';
import { type UploadRow, uploadKey, uploadPath } from '../uploads/upload.ts';
import { getUpload } from '../uploads/upload-store.ts';
import { type DatasetView, getDataset, publishVersion } from './dataset-store.ts';
import { endLoad, getLoad, INCIDENT_CODE, type LoadError, type LoadFigures, type LoadRow } from './load.ts';
import { writeRejects } from './reject-file.ts';
import { dropRetiredVersions } from './retired-versions.ts';

export function loadJob(ground: WorkerGround): JobKind {
  return {
    name: 'load',
    run: (job) => runLoad(ground, job),
    givenUp: (tx, job, failure) => giveUpLoad(ground, tx, job, failure),
  };
}

interface LoadParts {
  readonly load: LoadRow;
  readonly upload: UploadRow;
  readonly dataset: DatasetView;
  readonly version: string;
}

async function runLoad(ground: WorkerGround, job: RunningJob): Promise<void> {
  const load = await getLoad(ground.db, job.subjectId, job.tenantId);
  const dataset = await getDataset(ground.db, load.dataset_id, job.tenantId);
  const upload = await getUpload(ground.db, load.upload_id, job.tenantId);
  const parts: LoadParts = { load, upload, dataset, version: String(job.input.version) };
  const scratchDir = join(ground.scratchDir, job.id);
  await rm(scratchDir, { recursive: true, force: true });
  await mkdir(scratchDir, { recursive: true, mode: 0o700 });
  await dropDatasetVersion(ground.engine, parts.version);
  try {
    const outcome = await loadDataset(ground.engine, await loadRequest(ground, job, { ...parts, scratchDir }));
    await writeRejects(ground.config.dataDir, load.id, outcome.rejects);
    await publish(ground, job, parts, outcome);
  } catch (error) {
    await dropDatasetVersion(ground.engine, parts.version).catch(() => undefined);
    if (!(error instanceof LoadFailure) || job.signal.aborted) throw error;
    await failLoad(ground, job, parts, errorOf(error));
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
  await removeUploadFile(ground.config.dataDir, upload.id);
}

async function loadRequest(
  ground: WorkerGround,
  job: RunningJob,
  { load, upload, dataset, version, scratchDir }: LoadParts & { scratchDir: string },
): Promise<LoadRequest> {
  const { key } = await ground.keys.getKey(uploadKey(upload));
  const file = { path: uploadPath(ground.config.dataDir, upload.id), uploadId: upload.id, key };
  return {
    source: {
      open: () => readEncrypted(file, upload.size_bytes),
      format: load.format,
      compression: load.compression,
      sha256: upload.sha256,
    },
    schema: parseDatasetSchema(JSON.parse(dataset.schema)),
    mode: load.mode,
    ...(dataset.visible_version_id === null ? {} : { previousVersion: dataset.visible_version_id }),
    version,
    tenantKey: await ground.keys.getTenantKey(job.tenantId),
    erased: await findErasedKeys(ground, { tenantId: job.tenantId, datasetId: dataset.id }),
    scratchDir,
    onProgress: ({ phase, rows, bytes }) => job.progress({ phase, rows, bytes, totalBytes: upload.size_bytes }),
    signal: job.signal,
  };
}

async function publish(ground: WorkerGround, job: RunningJob, parts: LoadParts, outcome: LoadOutcome): Promise<void> {
  const { load, upload, dataset, version } = parts;
  const now = instantOf(ground.clock);
  const { records, persons, consentClasses, received, accepted } = outcome;
  const figures: LoadFigures = {
    received,
    accepted,
    rejected: definedOf(outcome.rejected),
    persons,
    keys: definedOf(outcome.keysByType),
  };
  const state = accepted < received ? 'partially_succeeded' : 'succeeded';
  const detail = { keys: figures.keys, consentClasses, sealedFileKey: load.sealed_file_key };
  await job.complete({ state }, loadCompleted(job, parts, figures), async (tx) => {
    const isNew = load.mode === 'replace' || dataset.visible_version_id === null;
    const row = {
      id: version,
      tenant_id: job.tenantId,
      dataset_id: dataset.id,
      load_id: load.id,
      records,
      persons,
      detail: JSON.stringify(detail),
      created_at: now,
    };
    await publishVersion(tx, row, isNew ? monthsAfter(now, dataset.retention_months) : undefined);
    await shredUpload(ground, tx, upload);
    tx.alsoRecord(uploadDestroyed(upload, { actor: job.actor, reason: 'loaded' }));
    await endLoad(tx, load.id, { state, finishedAt: now, versionId: version, figures });
    if (dataset.visible_version_id === null) return;
    const of = { datasetId: dataset.id, tenantId: job.tenantId, createdBy: job.actor.id };
    await insertJob(tx, dropRetiredVersions(of), now);
  });
}

function loadCompleted(
  job: RunningJob,
  { load, upload, dataset, version }: LoadParts,
  figures: LoadFigures,
): AuditDraft {
  const { received, accepted, rejected } = figures;
  return {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'load.completed',
    outcome: 'succeeded',
    subject: { kind: 'load', id: load.id },
    detail: { dataset: dataset.id, version, upload: upload.id, mode: load.mode, received, accepted, rejected },
  };
}

function definedOf(counts: Readonly<Partial<Record<string, number>>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (count === undefined ? [] : [[name, count]])),
  );
}

function errorOf(failure: LoadFailure): LoadError {
  const { code, hint, row, field } = failure;
  return { code, hint, ...(row === undefined ? {} : { row }), ...(field === undefined ? {} : { field }) };
}

/** A file that cannot be loaded is destroyed, whatever is wrong with it; one that shows a person is an incident besides. */
async function failLoad(
  ground: WorkerGround,
  job: RunningJob,
  { load, upload }: LoadParts,
  error: LoadError,
): Promise<void> {
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: error.code === INCIDENT_CODE ? 'load.incident' : 'load.failed',
    outcome: 'failed',
    subject: { kind: 'load', id: load.id },
    detail: { ...error, upload: upload.id, uploadDestroyed: true },
  } as const;
  const failure: JobFailure = { code: error.code, detail: error.hint };
  await job.complete({ state: 'failed', failure }, event, async (tx) => {
    await shredUpload(ground, tx, upload);
    tx.alsoRecord(uploadDestroyed(upload, { actor: job.actor, reason: error.code }));
    await endLoad(tx, load.id, { state: 'failed', finishedAt: instantOf(ground.clock), error });
  });
}

async function giveUpLoad(
  ground: WorkerGround,
  tx: AuditedTransaction,
  job: RunningJob,
  failure: JobFailure,
): Promise<void> {
  const row = await tx.trx<LoadRow>('loads').where({ id: job.subjectId }).first();
  if (row === undefined) return;
  await shredUpload(ground, tx, { id: row.upload_id, tenant_id: row.tenant_id });
  const error = { code: failure.code, hint: failure.detail };
  const now = instantOf(ground.clock);
  const state = failure.code === 'cancelled' ? 'cancelled' : 'failed';
  await endLoad(tx, row.id, { state, finishedAt: now, error });
  const subject = { kind: 'dataset-version', id: String(job.input.version) };
  const drop = {
    kind: 'drop-version',
    tenantId: job.tenantId,
    subject,
    turnId: row.dataset_id,
    createdBy: job.actor.id,
  };
  await insertJob(tx, drop, now);
}
