// An erasure that nobody asked for but the time: prospects of one dataset. They may be customers in another, and may come back by a
// newer contact, so that it follows no key out of the dataset and leaves no tombstone.

import type { ErasureScope } from '../../matching/erase/erasure.ts';
import type { PersonSeeds } from '../../matching/erase/person-seeds.ts';
import { listPersonsBefore } from '../../matching/erase/person-seeds.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Ground, WorkerGround } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { deletionRequests } from './deletion-request.ts';
import { newDeletionRequest } from './deletion-service.ts';
import { ensureTombstoneKey } from './tombstones.ts';

export interface Prospects {
  readonly datasetId: string;
  /** Of the engine. */
  readonly column: string;
  /** A day; whoever's last contact was earlier goes. */
  readonly before: string;
}

export async function queueProspectErasure(
  ground: Ground,
  tx: AuditedTransaction,
  { tenantId, ...prospects }: Prospects & { readonly tenantId: string },
): Promise<void> {
  const now = instantOf(ground.clock);
  const by = { tenantId, actor: { kind: 'service', id: 'sweeper' } } as const;
  const request = newDeletionRequest({ tenantId, by, source: 'retention', persons: {} }, now);
  const subject = { kind: 'deletion-request', id: request.id };
  await ensureTombstoneKey(ground, tx, tenantId);
  await deletionRequests.insert(tx, request);
  const job = { id: request.jobId, kind: 'erase', tenantId, subject, input: { prospects: { ...prospects } } };
  await insertJob(tx, { ...job, createdBy: 'sweeper' }, now);
  tx.alsoRecord({ ...by, event: 'deletion.requested', outcome: 'succeeded', subject, detail: { source: 'retention' } });
}

export function prospectsOf(job: RunningJob): Prospects | undefined {
  return job.input.prospects as unknown as Prospects | undefined;
}

export function narrowed<T extends Omit<ErasureScope, 'untold'>>(scope: T, { datasetId }: Prospects): T {
  const versions = scope.versions.filter(({ dataset }) => dataset === datasetId);
  return { ...scope, versions, suppressionLists: [] };
}

export async function seedsOf(
  ground: WorkerGround,
  scope: Pick<ErasureScope, 'versions'>,
  { datasetId, column, before }: Prospects,
): Promise<PersonSeeds[]> {
  const dataset = await ground.db
    .knex('datasets')
    .where({ id: datasetId })
    .first<{ visible_version_id: string | null }>();
  const newest = dataset?.visible_version_id;
  if (newest == null) return [];
  const seeds: PersonSeeds[] = [];
  for (const { version } of scope.versions) {
    const persons = await listPersonsBefore(ground.engine, { version, column, before, newest });
    if (persons.length > 0) seeds.push({ version, persons });
  }
  return seeds;
}
