// The work of retention that needs the engine: an audience is destroyed once its destinations were asked to let its persons go,
// and prospects of long ago are handed over to an erasure of their dataset alone.
import { forgetAudience } from '../../matching/audience.ts';
import { dropCandidates, writeHeldCandidates } from '../../matching/removal-candidates.ts';
import { peopleTable } from '../../matching/tables.ts';
import { instantOf } from '../clock.ts';
import { getDataset } from '../datasets/dataset-store.ts';
import { queueProspectErasure } from '../deletions/prospect-erasure.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import type { FoundRemoval } from '../removals/find-removals.ts';
import { queueRemovals } from '../removals/queue-removals.ts';
import { listRemovalTargets } from '../removals/removal-targets.ts';
import { lastContactColumn } from './expire.ts';
import { monthsAfter } from './expiry.ts';
import { PROSPECT_YEARS } from './limits.ts';

export function retentionJobs(ground: WorkerGround): readonly JobKind[] {
  return [
    { name: 'expire-audience', run: (job) => destroyAudience(ground, job) },
    { name: 'find-prospects', run: (job) => findProspects(ground, job) },
  ];
}

async function destroyAudience(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { engine } = ground;
  const audience = job.subjectId;
  const targets = (await listRemovalTargets(ground.db.knex, job.tenantId)).filter((one) => one.audienceId === audience);
  const found: FoundRemoval[] = [];
  for (const target of targets) {
    const search = newId('rmv');
    const held = { removal: search, audience, destination: target.destinationId };
    if ((await writeHeldCandidates(engine, held)) > 0) found.push({ search, target });
    else await dropCandidates(engine, search);
  }
  const request = { kind: 'audience', id: audience };
  const wish = { tenantId: job.tenantId, persons: [], reason: 'expired', request } as const;
  const close = async () => {
    for (const { search } of found) await dropCandidates(engine, search);
  };
  // What destinations still hold is remembered by the removals, and forgotten as they confirm.
  await forgetAudience(engine, { audience, untold: found.map(({ target }) => target.destinationId) });
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'audience.destroyed',
    outcome: 'succeeded',
    subject: request,
    detail: { removals: found.length },
  } as const;
  try {
    await job.complete({ state: 'succeeded' }, event, (tx) => queueRemovals(tx, ground, { wish, found, close }));
  } finally {
    await close();
  }
}

async function findProspects(ground: WorkerGround, job: RunningJob): Promise<void> {
  const dataset = await getDataset(ground.db, job.subjectId, job.tenantId);
  const column = lastContactColumn(dataset.schema);
  const before = monthsAfter(instantOf(ground.clock), -12 * PROSPECT_YEARS).slice(0, 10);
  const prospects =
    column === undefined ? 0 : await countBefore(ground, dataset.visible_version_id, { column, before });
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'retention.searched',
    outcome: 'succeeded',
    subject: { kind: 'dataset', id: dataset.id },
    detail: { prospects, before },
  } as const;
  await job.complete({ state: 'succeeded' }, event, async (tx) => {
    if (column === undefined || prospects === 0) return;
    await queueProspectErasure(ground, tx, { tenantId: job.tenantId, datasetId: dataset.id, column, before });
  });
}

async function countBefore(
  ground: WorkerGround,
  version: string | null,
  { column, before }: { column: string; before: string },
): Promise<number> {
  if (version === null) return 0;
  const [row] = await ground.engine.query<{ n: number | string }>(
    `SELECT count() AS n FROM ${peopleTable(version, []).name} WHERE ${column} < {before:Date32}`,
    { before },
  );
  return Number(row?.n ?? 0);
}
