// Datasets and their versions as stored. Every read names the tenant, so another tenant's dataset is not there.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { notFound } from '../errors.ts';

export interface DatasetRow {
  id: string;
  tenant_id: string;
  name: string;
  schema: string;
  salt_id: string;
  evidence: string | null;
  visible_version_id: string | null;
  status: 'active' | 'deleted';
  retention_months: number;
  /** Null until something is loaded. */
  expires_at: string | null;
  prospects_seen_at: string | null;
  region: string;
  /** JSON list; null is its own region alone. */
  release_regions: string | null;
  created_at: string;
  updated_at: string;
}

export interface VersionRow {
  id: string;
  tenant_id: string;
  dataset_id: string;
  load_id: string;
  state: 'visible' | 'retired';
  records: number;
  persons: number;
  detail: string;
  created_at: string;
}

/** A dataset with the figures of its visible version. */
export interface DatasetView extends DatasetRow {
  records: number | null;
  persons: number | null;
  /** JSON of what the load behind it counted. */
  last_outcome: string | null;
}

export async function insertDataset(tx: AuditedTransaction, row: DatasetRow): Promise<void> {
  await tx.trx<DatasetRow>('datasets').insert(row);
}

/** Throws `not_found`. */
export async function getDataset(db: Database, id: string, tenantId: string): Promise<DatasetView> {
  const row = await datasetViews(db, tenantId).where({ id }).first();
  if (row === undefined) throw notFound('dataset');
  return row;
}

/** The tenant's datasets with the figures of their visible versions, to page or to narrow. */
export function datasetViews(db: Database, tenantId: string) {
  const figures = (column: string) =>
    db.knex('dataset_versions').where('dataset_versions.id', db.knex.ref('datasets.visible_version_id')).select(column);
  const lastOutcome = db
    .knex('loads')
    .join('dataset_versions', 'dataset_versions.load_id', 'loads.id')
    .where('dataset_versions.id', db.knex.ref('datasets.visible_version_id'))
    .select('loads.outcome');
  return db
    .knex<DatasetView>('datasets')
    .where({ tenant_id: tenantId, status: 'active' })
    .select(
      'datasets.*',
      figures('records').as('records'),
      figures('persons').as('persons'),
      lastOutcome.as('last_outcome'),
    );
}

export async function markDatasetDeleted(tx: AuditedTransaction, id: string, at: string): Promise<void> {
  await tx
    .trx<DatasetRow>('datasets')
    .where({ id })
    .update({ status: 'deleted', visible_version_id: null, updated_at: at });
}

/** The one step that makes a load visible. The version before is retired; its tables go once nothing stands on them. */
export async function publishVersion(
  tx: AuditedTransaction,
  version: Omit<VersionRow, 'state'>,
  /** When the data expire from now on; undefined where older rows are among them. */
  expiresAt: string | undefined,
): Promise<void> {
  const { trx } = tx;
  await trx<VersionRow>('dataset_versions')
    .where({ dataset_id: version.dataset_id, state: 'visible' })
    .update({ state: 'retired' });
  await trx<VersionRow>('dataset_versions').insert({ ...version, state: 'visible' });
  const changed = await trx<DatasetRow>('datasets')
    .where({ id: version.dataset_id, status: 'active' })
    .update({
      visible_version_id: version.id,
      updated_at: version.created_at,
      ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    });
  if (changed === 0) throw notFound('dataset');
}

export async function findVersion(db: Database, id: string): Promise<VersionRow | undefined> {
  return db.knex<VersionRow>('dataset_versions').where({ id }).first();
}

export async function listVersions(db: Database, datasetId: string): Promise<VersionRow[]> {
  return db.knex<VersionRow>('dataset_versions').where({ dataset_id: datasetId }).orderBy('id');
}

export async function deleteVersionRow(tx: AuditedTransaction, id: string): Promise<void> {
  await tx.trx<VersionRow>('dataset_versions').where({ id }).delete();
}
