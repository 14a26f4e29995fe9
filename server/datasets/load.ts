// A load as rows keep it and as its tenant sees it.
import type { Load } from '../../openapi/generated/api.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { notFound } from '../errors.ts';
import type { UploadCompression, UploadFormat } from '../uploads/upload.ts';

export interface LoadRow {
  id: string;
  tenant_id: string;
  dataset_id: string;
  upload_id: string;
  job_id: string;
  version_id: string | null;
  mode: Load['mode'];
  format: UploadFormat;
  compression: UploadCompression;
  state: Load['status'] | 'cancelled';
  sealed_file_key: string | null;
  outcome: string | null;
  failure: string | null;
  receipt_event_id: string | null;
  created_at: string;
  finished_at: string | null;
}

/** What a load counted, as JSON in its row. */
export interface LoadFigures {
  readonly received: number;
  readonly accepted: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly persons: number;
  readonly keys: Readonly<Record<string, number>>;
}

/** Why a load failed as a whole: row and field, never the value. */
export interface LoadError {
  readonly code: string;
  readonly hint: string;
  readonly row?: number;
  readonly field?: string;
}

export const INCIDENT_CODE = 'cleartext_identifier';

const NO_FIGURES: LoadFigures = { received: 0, accepted: 0, rejected: {}, persons: 0, keys: {} };

export function loadBody(row: LoadRow & { job_state?: string | null }): Load {
  const figures = row.outcome === null ? NO_FIGURES : (JSON.parse(row.outcome) as LoadFigures);
  const error = row.failure === null ? null : (JSON.parse(row.failure) as LoadError);
  return {
    id: row.id,
    dataset_id: row.dataset_id,
    upload_id: row.upload_id,
    mode: row.mode,
    status: statusOf(row),
    job_id: row.job_id,
    ...figures,
    error,
    incident: error?.code === INCIDENT_CODE,
    receipt_event_id: row.receipt_event_id,
    created_at: row.created_at,
    finished_at: row.finished_at,
  } as Load;
}

function statusOf(row: LoadRow & { job_state?: string | null }): Load['status'] {
  if (row.state === 'cancelled') return 'failed';
  return row.state === 'queued' && row.job_state === 'running' ? 'running' : row.state;
}

export async function insertLoad(tx: AuditedTransaction, row: LoadRow): Promise<void> {
  await tx.trx<LoadRow>('loads').insert(row);
}

/** Throws `not_found`. */
export async function getLoad(
  db: Database,
  id: string,
  tenantId: string,
): Promise<LoadRow & { job_state: string | null }> {
  const row = await loadViews(db, tenantId).where({ id }).first();
  if (row === undefined) throw notFound('load');
  return row;
}

/** The tenant's loads with the states of their jobs. */
export function loadViews(db: Database, tenantId: string) {
  const jobState = db.knex('jobs').where('jobs.id', db.knex.ref('loads.job_id')).select('state');
  return db
    .knex<LoadRow & { job_state: string | null }>('loads')
    .where({ tenant_id: tenantId })
    .select('loads.*', jobState.as('job_state'));
}

export interface LoadEnd {
  readonly state: LoadRow['state'];
  readonly finishedAt: string;
  readonly versionId?: string;
  readonly figures?: LoadFigures;
  readonly error?: LoadError;
}

export async function endLoad(tx: AuditedTransaction, id: string, end: LoadEnd): Promise<void> {
  await tx
    .trx<LoadRow>('loads')
    .where({ id })
    .update({
      state: end.state,
      receipt_event_id: tx.eventId,
      finished_at: end.finishedAt,
      version_id: end.versionId ?? null,
      outcome: end.figures === undefined ? null : JSON.stringify(end.figures),
      failure: end.error === undefined ? null : JSON.stringify(end.error),
    });
}
