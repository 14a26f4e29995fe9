// Versions that a newer load replaced stay for whoever still stands on them, and are destroyed once nobody does.
import type { Knex } from 'knex';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import type { JobRow, NewJob } from '../jobs/job.ts';
import { insertJob } from '../jobs/job-store.ts';

export function dropRetiredVersions(of: { datasetId: string; tenantId: string; createdBy: string }): NewJob {
  return {
    kind: 'drop-retired-versions',
    tenantId: of.tenantId,
    subject: { kind: 'dataset', id: of.datasetId },
    turnId: of.datasetId,
    createdBy: of.createdBy,
  };
}

/** A contribution, and an audience over an own dataset, number their persons as the version they were made from does. */
export async function isVersionInUse(knex: Knex, versionId: string): Promise<boolean> {
  const contributed = await knex('contributions').where({ version_id: versionId }).first('id');
  const selected = await knex('audiences').where({ version_id: versionId }).first('id');
  return contributed !== undefined || selected !== undefined;
}

/** For versions that lost their last user since the load that retired them. */
export async function queueRetiredVersions(ground: Ground): Promise<void> {
  const { knex } = ground.db;
  const usedBy = (table: string) =>
    knex(table).where(`${table}.version_id`, knex.ref('dataset_versions.id')).select(`${table}.id`);
  const underWay = knex<JobRow>('jobs')
    .where({ kind: 'drop-retired-versions', subject_id: knex.ref('dataset_versions.dataset_id') as never })
    .whereIn('state', ['queued', 'running'])
    .select('jobs.id');
  const rows: { dataset_id: string; tenant_id: string }[] = await knex('dataset_versions')
    .where({ 'dataset_versions.state': 'retired' })
    .whereNotExists(usedBy('contributions'))
    .whereNotExists(usedBy('audiences'))
    .whereNotExists(underWay)
    .distinct('dataset_id', 'tenant_id');
  for (const row of rows) await queue(ground, row);
}

async function queue(ground: Ground, row: { dataset_id: string; tenant_id: string }): Promise<void> {
  const event = {
    tenantId: row.tenant_id,
    actor: { kind: 'service', id: 'sweeper' },
    event: 'dataset.sweep-requested',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id: row.dataset_id },
    detail: {},
  } as const;
  const job = dropRetiredVersions({ datasetId: row.dataset_id, tenantId: row.tenant_id, createdBy: 'sweeper' });
  await auditedTransaction(ground.db, event, (tx) => insertJob(tx, job, instantOf(ground.clock)));
}
