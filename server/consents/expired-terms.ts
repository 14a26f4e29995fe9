// Consent that a dataset itself brings runs out as well: strings thirteen months after they were last changed, evidence for everybody
// on its day. Once a day each such dataset is looked through for what ended since the look before.
import { parseDatasetSchema } from '../../identifiers/dataset-schema.ts';
import { hasConsentStrings } from '../../matching/tables.ts';
import type { ConsentEvidence } from '../../openapi/generated/api.ts';
import { instantAfter, instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import type { DatasetRow } from '../datasets/dataset-store.ts';
import type { Ground } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import { TERMS_EVERY_MS } from './limits.ts';

export async function queueExpiredTerms(ground: Ground): Promise<void> {
  const { knex } = ground.db;
  const datasets = await knex<DatasetRow>('datasets').where({ status: 'active' }).whereNotNull('visible_version_id');
  const before = instantAfter(ground.clock, -TERMS_EVERY_MS);
  for (const dataset of datasets) {
    if (!hasTerm(dataset)) continue;
    const name = stateOf(dataset);
    const seen = await knex('service_state').where({ name }).first<{ value: string } | undefined>('value');
    const since = seen?.value ?? dataset.created_at;
    if (since <= before) await queueSearch(ground, dataset, since);
  }
}

export function hasTerm({ schema, evidence }: Pick<DatasetRow, 'schema' | 'evidence'>): boolean {
  if (evidence !== null) return (JSON.parse(evidence) as ConsentEvidence).expires_at !== undefined;
  return hasConsentStrings(parseDatasetSchema(JSON.parse(schema)));
}

async function queueSearch(ground: Ground, dataset: DatasetRow, since: string): Promise<void> {
  const { id, tenant_id: tenantId } = dataset;
  const until = instantOf(ground.clock);
  const event = {
    tenantId,
    actor: { kind: 'service', id: 'sweeper' },
    event: 'consent.search-requested',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id },
    detail: { since, until },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const name = stateOf(dataset);
    await tx.trx('service_state').insert({ name, value: until }).onConflict('name').merge();
    const job = { kind: 'find-expired-terms', tenantId, subject: { kind: 'dataset', id }, turnId: id };
    await insertJob(tx, { ...job, input: { since, until }, createdBy: 'sweeper' }, until);
  });
}

/** Forty characters at the most. */
function stateOf({ id }: Pick<DatasetRow, 'id'>): string {
  return `terms ${id}`;
}
