// What is held of a person beside the datasets: evidence of consent, suppressions and objections, files not loaded yet, tombstones.
import { isSuppressed } from '../../matching/person-view/person-view.ts';
import type { PersonAnswer } from '../../openapi/generated/api.ts';
import { type ConsentRecord, consentRecords } from '../consents/consent-record.ts';
import { soughtCells } from '../deletions/sought-cells.ts';
import { findStagedFiles } from '../deletions/staged-files.ts';
import { getTombstoneKeys, type TombstoneRow, tombstoneKey, tombstonesOf } from '../deletions/tombstones.ts';
import type { WorkerGround } from '../ground.ts';
import { listFilledSuppressionLists, suppressionListBody } from '../suppression/suppression-store.ts';
import type { Sought } from './access-job.ts';

type Elsewhere = Pick<PersonAnswer, 'consent_records' | 'suppressions' | 'waiting_uploads' | 'tombstones'>;

export async function heldElsewhere(ground: WorkerGround, sought: Sought): Promise<Elsewhere> {
  return {
    consent_records: (await evidenceOf(ground, sought)).map(shownRecord),
    suppressions: await suppressionsOf(ground, sought),
    waiting_uploads: await waitingUploads(ground, sought),
    tombstones: await tombstonesHeld(ground, sought),
  };
}

async function evidenceOf(ground: WorkerGround, { tenantId, found }: Sought): Promise<ConsentRecord[]> {
  const records: ConsentRecord[] = [];
  for (const { key, dataset } of found) {
    const by = dataset === undefined ? { person_by: 'digest' } : { person_by: 'record-id', dataset_id: dataset };
    const where = { tenant_id: tenantId, ...by, person_key: Buffer.from(key).toString('hex') };
    records.push(...(await consentRecords.listAll(ground.db.knex, where)));
  }
  return records;
}

function shownRecord(record: ConsentRecord): Elsewhere['consent_records'][number] {
  return {
    consent_record_id: record.id,
    dataset_id: record.datasetId,
    purposes: record.purposes === null ? null : [...record.purposes],
    destinations: record.destinations === null ? null : [...record.destinations],
    text_sha256: record.textSha256,
    source: record.source,
    obtained_at: record.obtainedAt,
    expires_at: record.expiresAt,
    withdrawn_at: record.withdrawnAt,
    recorded_at: record.createdAt,
  };
}

async function suppressionsOf(ground: WorkerGround, { access, tenantId }: Sought): Promise<Elsewhere['suppressions']> {
  const on: Elsewhere['suppressions'] = [];
  for (const row of await listFilledSuppressionLists(ground.db, tenantId)) {
    if (!(await isSuppressed(ground.engine, { access, list: row.id }))) continue;
    const { id, name, purposes, destination_kinds, destination_ids } = suppressionListBody(row);
    on.push({ suppression_list_id: id, name, purposes, destination_kinds, destination_ids });
  }
  return on;
}

async function waitingUploads(ground: WorkerGround, sought: Sought): Promise<Elsewhere['waiting_uploads']> {
  const { found, persons, tenantKey, tenantId } = sought;
  const waiting: Elsewhere['waiting_uploads'] = [];
  for await (const upload of findStagedFiles(ground, tenantId, soughtCells(found, { persons, tenantKey }))) {
    const { id, filename, created_at: received_at, expires_at } = upload;
    waiting.push({ upload_id: id, filename, received_at, expires_at });
  }
  return waiting;
}

async function tombstonesHeld(ground: WorkerGround, { tenantId, found }: Sought): Promise<Elsewhere['tombstones']> {
  if (!(await ground.keys.hasKey(ground.db, tombstoneKey(tenantId)))) return [];
  const made = tombstonesOf(found, await getTombstoneKeys(ground, tenantId));
  const held = new Map<string, string>();
  for (const { dataset = '', tombstone } of made) {
    const where = { tenant_id: tenantId, dataset_id: dataset, tombstone };
    const row = await ground.db.knex<TombstoneRow>('tombstones').where(where).first();
    if (row !== undefined) held.set(row.deletion_request_id, row.created_at);
  }
  return [...held].map(([deletion_request_id, since]) => ({ deletion_request_id, since }));
}
