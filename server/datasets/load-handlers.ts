// Loads: asked for over a complete upload, told by a job, with their rejected rows in file order.
import type { Load, Upload } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { listPage } from '../http/page.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { formatOfFilename, type UploadRow, uploadBody } from '../uploads/upload.ts';
import { getUpload, moveUpload } from '../uploads/upload-store.ts';
import { getDataset } from './dataset-store.ts';
import { getLoad, insertLoad, type LoadRow, loadBody, loadViews } from './load.ts';
import { listRejects } from './reject-file.ts';

type Operations = 'listLoads' | 'createLoad' | 'getLoad' | 'listRejects' | 'getUpload';

export function loadHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    listLoads: async ({ tenantId, params, query }) => {
      const { id } = await getDataset(ground.db, params.dataset_id, tenantId);
      return listPage(loadViews(ground.db, tenantId).andWhere({ dataset_id: id }), query, loadBody);
    },
    createLoad: (request) => createLoad(ground, request),
    getLoad: async ({ tenantId, params }) => loadBody(await getLoad(ground.db, params.load_id, tenantId)),
    listRejects: async ({ tenantId, params, query }) => {
      const { id } = await getLoad(ground.db, params.load_id, tenantId);
      return listRejects(ground.config.dataDir, id, query);
    },
    getUpload: async ({ tenantId, params }): Promise<Upload> =>
      uploadBody(await getUpload(ground.db, params.upload_id, tenantId)),
  };
}

async function createLoad(
  ground: Ground,
  { caller, tenantId, params, body }: OperationRequest<'createLoad'>,
): Promise<Load> {
  const dataset = await getDataset(ground.db, params.dataset_id, tenantId);
  const upload = await getUpload(ground.db, body.upload_id, tenantId);
  requireLoadable(upload, dataset.id);
  const row = loadRow({ upload, datasetId: dataset.id, body, now: instantOf(ground.clock) });
  const event = {
    ...byCaller(caller),
    event: 'load.requested',
    outcome: 'succeeded',
    subject: { kind: 'load', id: row.id },
    detail: { dataset: dataset.id, upload: upload.id, mode: row.mode, sha256: upload.sha256 },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const taken = await moveUpload(tx, upload.id, { from: ['complete'], to: 'consumed' });
    if (!taken) throw new ServiceError('state_conflict', { detail: 'Another load took this upload.' });
    const subject = { kind: 'load', id: row.id };
    // The version's name is chosen once, so that a second attempt finds and drops what the first left behind.
    const input = { version: newId('dsv') };
    const job = {
      id: row.job_id,
      kind: 'load',
      tenantId,
      subject,
      turnId: dataset.id,
      input,
      createdBy: caller.memberId,
    };
    await insertJob(tx, job, row.created_at);
    await insertLoad(tx, row);
  });
  return loadBody(row);
}

function requireLoadable(upload: UploadRow, datasetId: string): void {
  if (upload.state === 'receiving') {
    const detail = `${upload.received_bytes} of ${upload.size_bytes} bytes have arrived.`;
    throw new ServiceError('upload_incomplete', { detail });
  }
  if (upload.state !== 'complete')
    throw new ServiceError('upload_gone', { detail: 'The upload was loaded or destroyed.' });
  if (upload.dataset_id !== null && upload.dataset_id !== datasetId) throw notFound('upload');
}

function loadRow(of: {
  upload: UploadRow;
  datasetId: string;
  body: OperationRequest<'createLoad'>['body'];
  now: string;
}): LoadRow {
  const { upload, body } = of;
  const named = formatOfFilename(upload.filename);
  const format = body.format ?? named.format;
  if (format === undefined) {
    const errors = [
      { pointer: '/format', message: 'the file name does not tell the format', hint: 'csv, ndjson or parquet' },
    ];
    throw new ServiceError('request_invalid', { detail: 'The format of the upload is unknown.', errors });
  }
  return {
    id: newId('lod'),
    tenant_id: upload.tenant_id,
    dataset_id: of.datasetId,
    upload_id: upload.id,
    job_id: newId('job'),
    version_id: null,
    mode: body.mode,
    format,
    compression: body.compression ?? named.compression,
    state: 'queued',
    sealed_file_key: body.sealed_file_key ?? null,
    outcome: null,
    failure: null,
    receipt_event_id: null,
    created_at: of.now,
    finished_at: null,
  };
}
