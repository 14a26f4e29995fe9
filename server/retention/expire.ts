// Housekeeping of retention: datasets and audiences whose time is over, and prospects whom nobody has heard of for too long.
// Whatever expires is taken out at destinations as well, and leaves a proof.
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { attributeColumns } from '../../matching/tables.ts';
import { type Audience, audiences } from '../audiences/audience.ts';
import { instantAfter, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { DatasetRow } from '../datasets/dataset-store.ts';
import { endDataset } from '../datasets/end-dataset.ts';
import type { Ground } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import { requestRemovals } from '../removals/queue-removals.ts';
import { PROSPECTS_EVERY_MS } from './limits.ts';

const SWEEPER = { kind: 'service', id: 'sweeper' } as const;

/** The attribute that says when a person was last in touch. */
export const LAST_CONTACT = 'last_contact';

export async function expireOverdue(ground: Ground): Promise<void> {
  const now = instantOf(ground.clock);
  const { knex } = ground.db;
  const datasets = await knex<DatasetRow>('datasets').where({ status: 'active' }).where('expires_at', '<=', now);
  for (const dataset of datasets) await expireDataset(ground, dataset);
  const ids = await knex('audiences').where({ status: 'ready' }).where('expires_at', '<=', now).pluck<string[]>('id');
  for (const id of ids) await expireAudience(ground, await audiences.get(knex, id));
  await queueProspects(ground);
}

async function expireDataset(ground: Ground, { id, tenant_id: tenantId, expires_at }: DatasetRow): Promise<void> {
  const at = instantOf(ground.clock);
  const event = {
    tenantId,
    actor: SWEEPER,
    event: 'dataset.expired',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id },
    detail: { expiresAt: expires_at },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    await endDataset(tx, { id, tenantId, createdBy: 'sweeper', at, isLast: true });
    // In the turn of the dataset as its destruction is, and before it: destinations are found by the persons' rows.
    const wish = {
      tenantId,
      persons: [{ by: 'dataset', datasetId: id }],
      reason: 'expired',
      request: { kind: 'dataset', id },
    } as const;
    await requestRemovals(tx, ground, { wish, createdBy: 'sweeper' });
  });
}

async function expireAudience(ground: Ground, { id, tenantId }: Audience): Promise<void> {
  const event = {
    tenantId,
    actor: SWEEPER,
    event: 'audience.expired',
    outcome: 'succeeded',
    subject: { kind: 'audience', id },
    detail: {},
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const audience = await audiences.get(tx.trx, id);
    const job = { kind: 'expire-audience', tenantId, subject: { kind: 'audience', id }, turnId: id };
    const jobId = await insertJob(tx, { ...job, createdBy: 'sweeper' }, instantOf(ground.clock));
    await audiences.save(tx, { ...audience, status: 'expired', jobId });
  });
}

/** Datasets that say when a person was last in touch, once a day each. */
async function queueProspects(ground: Ground): Promise<void> {
  const { knex } = ground.db;
  const before = instantAfter(ground.clock, -PROSPECTS_EVERY_MS);
  const rows = await knex<DatasetRow>('datasets')
    .where({ status: 'active' })
    .whereNotNull('visible_version_id')
    .where((due) => void due.whereNull('prospects_seen_at').orWhere('prospects_seen_at', '<=', before));
  for (const dataset of rows) await queueProspectsOf(ground, dataset);
}

async function queueProspectsOf(ground: Ground, { id, tenant_id: tenantId, schema }: DatasetRow): Promise<void> {
  if (lastContactColumn(schema) === undefined) return;
  const event = {
    tenantId,
    actor: SWEEPER,
    event: 'retention.search-requested',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id },
    detail: {},
  } as const;
  const at = instantOf(ground.clock);
  await auditedTransaction(ground.db, event, async (tx) => {
    await tx.trx<DatasetRow>('datasets').where({ id }).update({ prospects_seen_at: at });
    const job = { kind: 'find-prospects', tenantId, subject: { kind: 'dataset', id }, turnId: id };
    await insertJob(tx, { ...job, createdBy: 'sweeper' }, at);
  });
}

/** The column of the engine that holds it; undefined for a schema without such an attribute. */
export function lastContactColumn(schema: string): string | undefined {
  const columns = attributeColumns(parseDatasetSchema(JSON.parse(schema)));
  return columns.find(({ attribute, kind }) => attribute === LAST_CONTACT && kind === 'date')?.column;
}
