// Records of processing (GDPR art. 30(1)) of a tenant, out of what is configured and what happened; no person and no count of persons.
import type { Knex } from 'knex';
import type { ProcessingRecord } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { findTenant } from '../tenants/tenant-store.ts';
import { impactFacts } from './impact-facts.ts';

type Row = Record<string, string>;

export async function getProcessingRecord(ground: Ground, tenantId: string): Promise<ProcessingRecord> {
  const { knex } = ground.db;
  const tenant = await findTenant(ground.db, tenantId);
  if (tenant === undefined) throw notFound('tenant');
  const recipients = await recipientsOf(knex, { tenantId, region: tenant.region });
  return {
    controller: { tenant_id: tenant.id, name: tenant.name, region: tenant.region },
    generated_at: instantOf(ground.clock),
    activities: await activitiesOf(knex, tenantId),
    recipients,
    security_measures: MEASURES,
    impact: await impactFacts(ground, tenantId),
    /** Nobody can read these out of a configuration. */
    to_be_added: TO_BE_ADDED,
  };
}

/** Art. 30(1)(b), (c), (f): purposes, categories of data, time limits; and with whom a dataset meets. */
async function activitiesOf(knex: Knex, tenantId: string): Promise<ProcessingRecord['activities']> {
  const datasets = (await knex('datasets').where({ tenant_id: tenantId, status: 'active' }).orderBy('id')) as Row[];
  const activities = [];
  for (const dataset of datasets) {
    const columns = Object.entries((JSON.parse(dataset.schema ?? '{}') as Schema).columns ?? {});
    const evidence = JSON.parse(dataset.evidence ?? 'null') as { purposes?: string[] } | null;
    activities.push({
      dataset_id: dataset.id ?? '',
      name: dataset.name ?? '',
      purposes: await purposesOf(knex, { datasetId: dataset.id ?? '', tenantId, declared: evidence?.purposes ?? [] }),
      consent_from: columns.filter(([, { role }]) => role === 'consent').map(([name]) => name),
      identifiers: unique(columns.flatMap(([, { role, type }]) => (role === 'identifier' && type ? [type] : []))),
      activation_ids: unique(columns.flatMap(([, { role, type }]) => (role === 'activation-id' && type ? [type] : []))),
      attributes: columns.filter(([, { role }]) => role === 'attribute').map(([name, { kind }]) => `${name} (${kind})`),
      collaborations: await collaborationsOf(knex, dataset.id ?? ''),
      expires_at: dataset.expires_at ?? null,
      created_at: dataset.created_at ?? '',
    });
  }
  return activities;
}

interface Schema {
  readonly columns?: Readonly<Record<string, { role: string; type?: string; kind?: string }>>;
}

/** What its consent evidence declares, what its rules allow, and what it was activated for. */
async function purposesOf(
  knex: Knex,
  of: { datasetId: string; tenantId: string; declared: readonly string[] },
): Promise<string[]> {
  const rules = (await knex('contributions')
    .where({ dataset_id: of.datasetId, tenant_id: of.tenantId })
    .whereNot({ status: 'withdrawn' })
    .select('rule')) as Row[];
  const allowed = rules.flatMap(({ rule }) => {
    const { activation } = JSON.parse(rule ?? '{}') as { activation?: { allowed: boolean; purposes: string[] } };
    return activation?.allowed ? activation.purposes : [];
  });
  const own = (await knex('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .where({ 'audiences.dataset_id': of.datasetId, 'activations.tenant_id': of.tenantId })
    .distinct('activations.purpose as purpose')) as Row[];
  return unique([...of.declared, ...allowed, ...own.map(({ purpose }) => purpose ?? '')]);
}

async function collaborationsOf(knex: Knex, datasetId: string): Promise<string[]> {
  const rows = (await knex('contributions')
    .join('collaborations', 'collaborations.id', 'contributions.collaboration_id')
    .where({ 'contributions.dataset_id': datasetId })
    .whereNot({ 'contributions.status': 'withdrawn' })
    .distinct('collaborations.name as name')) as Row[];
  return unique(rows.map(({ name }) => name ?? ''));
}

/** Art. 30(1)(d) and (e): to whom, for what, into which region. */
async function recipientsOf(
  knex: Knex,
  { tenantId, region }: { tenantId: string; region: string },
): Promise<ProcessingRecord['recipients']> {
  const rows = (await knex('destinations').where({ tenant_id: tenantId }).orderBy('id')) as Row[];
  const recipients = [];
  for (const row of rows) {
    const activations = (await knex('activations').where({ destination_id: row.id ?? '' })) as Row[];
    const ids = activations.map(({ id }) => id ?? '');
    const sent = (await knex('deliveries')
      .whereIn('activation_id', ids)
      .whereIn('status', ['delivered', 'partially_delivered'])
      .orderBy('finished_at')) as Row[];
    if (row.deleted_at != null && sent.length === 0) continue;
    recipients.push({
      destination_id: row.id ?? '',
      name: row.name ?? '',
      kind: row.kind ?? '',
      region: row.region ?? '',
      is_transfer_out_of_region: row.region !== region,
      purposes: unique(activations.map(({ purpose }) => purpose ?? '')),
      deliveries: sent.length,
      last_delivered_at: sent.at(-1)?.finished_at ?? null,
      is_configured: row.deleted_at == null,
    });
  }
  return recipients;
}

/** Art. 30(1)(g): how the service is built, not how somebody runs it. */
const MEASURES = [
  'Identifiers arrive as salted digests made on the controller’s machine; the digests are stored nowhere, only match keys under a key of the tenant.',
  'Files are encrypted before they touch a disk and destroyed once they are loaded.',
  'Keys are wrapped under a root key that is kept apart from the data; deleting a wrapped key shreds what it protected.',
  'Figures leave with noise and above a threshold; audiences leave with consent by purpose and destination, suppression and a second person.',
  'Every change, decision and refusal is a leaf of a Merkle log that can be verified offline.',
];

const TO_BE_ADDED = [
  'The contact details of the controller, its representative and its data protection officer (art. 30(1)(a)).',
  'The safeguards of transfers to third countries (art. 30(1)(e)).',
  'The legal basis of each purpose that is not consent, and the balancing behind it.',
  'The necessity and proportionality of the processing, and the views of data subjects (art. 35(7)(b), 35(9)).',
  'The measures of whoever runs the service: access to machines, backups, staff.',
];

export function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '').sort();
}
