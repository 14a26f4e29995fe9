// Rotating a match key: tables are written anew under the new key, then one transaction replaces the key, then the new tables
// take the place of the old. The job runs alone, and a second attempt goes on where the first was cut.
import { randomBytes } from 'node:crypto';
import { promoteRotation, rotateCollaborationKey, rotateTenantKey } from '../../matching/rotate.ts';
import { rekeyConsentRecords } from '../consents/rekey-consent-records.ts';
import type { AuditDraft, AuditedTransaction } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobRow } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { collaborationKey, SYMMETRIC_KEY_BYTES, tenantKey } from './key-ring.ts';
import type { KeySubject } from './key-store.ts';

export function rotationJobs(ground: WorkerGround): readonly JobKind[] {
  return [
    { name: 'rotate-tenant-key', run: (job) => rotateKeyOfTenant(ground, job) },
    { name: 'rotate-collaboration-key', run: (job) => rotateKeyOfCollaboration(ground, job) },
  ];
}

async function rotateKeyOfTenant(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { knex } = ground.db;
  const tenantId = job.subjectId;
  const versions = await knex('dataset_versions').where({ tenant_id: tenantId }).select<{ id: string }[]>('id');
  const lists = await knex('suppression_lists').where({ tenant_id: tenantId }).select<{ id: string }[]>('id');
  const owners = [...versions, ...lists].map(({ id }) => id);
  await rotateOwners(ground, job, {
    subject: tenantKey(tenantId),
    owners,
    rotate: (keys) => rotateTenantKey(ground.engine, { ...keys, owners }),
    also: (tx, keys) => rekeyConsentRecords(tx, { ...keys, tenantId }),
  });
}

async function rotateKeyOfCollaboration(ground: WorkerGround, job: RunningJob): Promise<void> {
  const rows = await ground.db
    .knex('contributions')
    .where({ collaboration_id: job.subjectId })
    .whereNotNull('engine_id')
    .select<{ engine_id: string }[]>('engine_id');
  const owners = rows.map((row) => row.engine_id);
  const subject = collaborationKey(job.subjectId);
  await rotateOwners(ground, job, {
    subject,
    owners,
    rotate: (keys) => rotateCollaborationKey(ground.engine, { ...keys, contributions: owners }),
  });
}

interface OwnersRotation {
  readonly subject: KeySubject;
  readonly owners: readonly string[];
  rotate(keys: { oldKey: Uint8Array; newKey: Uint8Array; commit(): Promise<void> }): Promise<void>;
  /** What changes with the key in the control plane. */
  also?(tx: AuditedTransaction, keys: { oldKey: Uint8Array; newKey: Uint8Array }): Promise<void>;
}

async function rotateOwners(
  ground: WorkerGround,
  job: RunningJob,
  { subject, owners, rotate, also }: OwnersRotation,
): Promise<void> {
  if (job.checkpoint?.committed === true) await promoteRotation(ground.engine, owners);
  else {
    const { key: oldKey, version } = await ground.keys.getKey(subject);
    const newKey = randomBytes(SYMMETRIC_KEY_BYTES);
    await rotate({ oldKey, newKey, commit: () => replaceKey(ground, job, { subject, version, oldKey, newKey, also }) });
  }
  await job.complete(
    { state: 'succeeded' },
    eventOf(job, 'key.rotated', { owners: owners.length }),
    async () => undefined,
  );
}

/** The old key goes in the same transaction: from here on only the new tables can be read. */
async function replaceKey(
  ground: WorkerGround,
  job: RunningJob,
  of: { subject: KeySubject; version: number; oldKey: Uint8Array; newKey: Uint8Array; also: OwnersRotation['also'] },
): Promise<void> {
  const { subject, version, oldKey, newKey, also } = of;
  await job.during(eventOf(job, 'key.destroyed', { version }), async (tx) => {
    await also?.(tx, { oldKey, newKey });
    await ground.keys.addKey(tx, subject, newKey);
    await ground.keys.destroyKey(tx, { ...subject, version });
    await tx
      .trx<JobRow>('jobs')
      .where({ id: job.id })
      .update({ checkpoint: JSON.stringify({ committed: true }) });
  });
}

function eventOf(job: RunningJob, event: 'key.rotated' | 'key.destroyed', detail: AuditDraft['detail']): AuditDraft {
  const kind = job.kind === 'rotate-tenant-key' ? 'tenant' : 'collaboration';
  return {
    tenantId: job.tenantId || null,
    actor: job.actor,
    event,
    outcome: 'succeeded',
    subject: { kind, id: job.subjectId },
    detail,
  };
}
