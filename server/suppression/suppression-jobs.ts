// The jobs behind suppression lists: match keys go into the list's table of the engine, or the table goes.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dropKeyList, loadKeyList } from '../../matching/removal-candidates.ts';
import { suppressRecords } from '../../matching/suppress-records.ts';
import { dropSuppression, insertSuppressionKeys } from '../../matching/suppression.ts';
import { suppressionTable } from '../../matching/tables.ts';
import { instantOf } from '../clock.ts';
import { keysOfNamed, openNamedPersons } from '../deletions/named-persons.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { JobRow } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { unwrapKey } from '../keys/key-wrapping.ts';
import { recordIdPlace } from '../removals/find-removals.ts';
import { matchKeysOf } from './match-keys.ts';
import { suppressionInput } from './suppression-input.ts';
import { type SuppressionListRow, updateSuppressionList } from './suppression-store.ts';

export function suppressionJobs(ground: WorkerGround): readonly JobKind[] {
  return [
    { name: 'extend-suppression-list', run: (job) => extendList(ground, job) },
    { name: 'drop-suppression-list', run: (job) => dropList(ground, job) },
  ];
}

/** A second attempt may insert the same keys again, which changes neither the set nor its count. */
async function extendList(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { engine } = ground;
  const list = job.subjectId;
  const path = join(ground.scratchDir, `${job.id}.keys`);
  try {
    await writeFile(path, await matchKeysOfJob(ground, job), { mode: 0o600 });
    await insertSuppressionKeys(engine, { list, path });
    await suppressNamedRecords(ground, job);
  } finally {
    await rm(path, { force: true });
  }
  const [counted] = await engine.query<{ entries: number | string }>(
    `select uniqExact(match_key) as entries from ${suppressionTable(list).name}`,
  );
  const entries = Number(counted?.entries ?? 0);
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'suppression.loaded',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id: list },
    detail: { entries },
  } as const;
  await job.complete({ state: 'succeeded' }, event, async (tx) => {
    await updateSuppressionList(tx, list, { entries, updated_at: instantOf(ground.clock) });
    await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
  });
}

/** By record id: everybody of them in any version that still stands. */
async function suppressNamedRecords(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { sealedPersons } = job.input;
  if (typeof sealedPersons !== 'string') return;
  const place = { tenantId: job.tenantId, jobId: job.id };
  const { records = [] } = await openNamedPersons(ground.rootKey, place, sealedPersons);
  const named = keysOfNamed({ records }, await ground.keys.getTenantKey(job.tenantId));
  for (const [datasetId = '', of] of Map.groupBy(named, ({ dataset }) => dataset)) {
    const records = newId('rmv');
    const path = join(ground.scratchDir, `${records}.keys`);
    try {
      await writeFile(path, Buffer.concat(of.map(({ key }) => key)), { mode: 0o600 });
      await loadKeyList(ground.engine, { list: records, path });
      await suppressOfDataset(ground, { list: job.subjectId, records, datasetId });
    } finally {
      await rm(path, { force: true });
      await dropKeyList(ground.engine, records);
    }
  }
}

async function suppressOfDataset(
  ground: WorkerGround,
  { datasetId, ...of }: { list: string; records: string; datasetId: string },
): Promise<void> {
  const { knex } = ground.db;
  const dataset = (await knex('datasets').where({ id: datasetId }).first('schema')) as { schema: string } | undefined;
  const column = dataset === undefined ? -1 : recordIdPlace(dataset.schema);
  if (column < 0) return;
  const versions = await knex('dataset_versions').where({ dataset_id: datasetId }).pluck<string[]>('id');
  for (const version of versions) await suppressRecords(ground.engine, { ...of, version, column });
}

async function matchKeysOfJob(ground: WorkerGround, job: RunningJob): Promise<Buffer> {
  const digests = await unwrapKey(ground.rootKey, suppressionInput(job.tenantId, job.id), String(job.input.sealed));
  return matchKeysOf(digests, await ground.keys.getTenantKey(job.tenantId));
}

async function dropList(ground: WorkerGround, job: RunningJob): Promise<void> {
  await dropSuppression(ground.engine, job.subjectId);
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'suppression.destroyed',
    outcome: 'succeeded',
    subject: { kind: 'suppression-list', id: job.subjectId },
    detail: {},
  } as const;
  await job.complete({ state: 'succeeded' }, event, async (tx) => {
    await tx.trx<SuppressionListRow>('suppression_lists').where({ id: job.subjectId }).update({ entries: 0 });
  });
}
