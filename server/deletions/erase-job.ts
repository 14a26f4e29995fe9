// The job behind a deletion request, which no other job runs beside. In this order, so that a cut leaves nobody half gone and
// free to come back: find, entomb, erase from the engine, destroy staged files, tell. Every step may run again.
import type { NamedKey } from '../../matching/erase/erasure.ts';
import { type ErasureCounts, ErasureError, type ErasureScope } from '../../matching/erase/erasure.ts';
import { dropErasureTables, endCutErasure } from '../../matching/erase/erasure-tables.ts';
import { eraseFoundPersons, findPersonsToErase } from '../../matching/erase.ts';
import type { NamedPersons } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import type { AuditDraft } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import { type JobRow, PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { findRemovals } from '../removals/find-removals.ts';
import type { PersonSet, RemovalWish } from '../removals/person-set.ts';
import { queueRemovals } from '../removals/queue-removals.ts';
import { type DeletionRequest, deletionRequests } from './deletion-request.ts';
import { countEngineFigures, noteEngineFigures } from './erased-counts.ts';
import { appendToLedger } from './erasure-ledger.ts';
import { getErasureScope } from './erasure-scope.ts';
import { PERSONS_AT_LEAST, PERSONS_PER_NAMED } from './limits.ts';
import { keysOfNamed, openNamedPersons } from './named-persons.ts';
import { destroyStagedFiles, type SoughtCells } from './staged-files.ts';
import {
  decryptBlocks,
  getTombstoneKeys,
  insertTombstones,
  keysOfTombstones,
  listTombstones,
  type TombstoneKeys,
  type TombstoneRow,
  tombstonesOf,
} from './tombstones.ts';
import { countOpenRemovals, listUntold } from './untold-destinations.ts';

export function eraseJob(ground: WorkerGround): JobKind {
  return {
    name: 'erase',
    run: (job) => erase(ground, job),
    async givenUp(tx, job, failure) {
      const request = await deletionRequests.get(tx.trx, job.subjectId);
      await deletionRequests.save(tx, { ...request, status: 'failed', failure });
      await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
      tx.alsoRecord(eventOf(job, 'deletion.failed', { code: failure.code }));
    },
  };
}

interface Erasure {
  readonly request: DeletionRequest;
  readonly persons: NamedPersons;
  readonly keys: TombstoneKeys;
}

async function erase(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { engine, db } = ground;
  const erasure = await openErasure(ground, job);
  const standing = await getErasureScope(db.knex, { erasure: erasure.request.id, tenantId: job.tenantId });
  await endCutErasure(engine);
  job.progress({ phase: 'finding', rows: 0, bytes: 0 });
  const found = await find(ground, job, { erasure, scope: { ...standing, untold: [] } });
  const tombstones = await entomb(ground, job, { erasure, found });
  const scope = { ...standing, untold: await listUntold(db.knex, erasure.request.id) };
  job.progress({ phase: 'erasing', rows: 0, bytes: 0 });
  const counts = await eraseFoundPersons(engine, scope);
  await dropErasureTables(engine, scope.erasure);
  job.progress({ phase: 'searching staged files', rows: counts.persons, bytes: 0 });
  const stagedFiles = await destroyStagedFiles(ground, job, soughtCells(found, erasure));
  await complete(ground, job, { erasure, counts, tombstones, stagedFiles });
}

async function openErasure(ground: WorkerGround, job: RunningJob): Promise<Erasure> {
  const request = await deletionRequests.get(ground.db.knex, job.subjectId);
  const { sealed } = job.input;
  const place = { tenantId: job.tenantId, jobId: job.id };
  const persons = typeof sealed === 'string' ? await openNamedPersons(ground.rootKey, place, sealed) : {};
  return { request, persons, keys: await getTombstoneKeys(ground, job.tenantId) };
}

/** Beside what was named, the tombstones of an attempt before this one: what led to a person may be erased already. */
async function find(
  ground: WorkerGround,
  job: RunningJob,
  { erasure, scope }: { erasure: Erasure; scope: ErasureScope },
): Promise<NamedKey[]> {
  const { request, persons, keys } = erasure;
  // A restored backup is searched for everybody who was ever erased.
  const isRestored = request.source === 'restored';
  const where = isRestored ? {} : { deletion_request_id: request.id };
  const earlier = await listTombstones(ground.db, { tenant_id: job.tenantId, ...where });
  const named = [...keysOfNamed(persons, keys.tenantKey), ...keysOfTombstones(earlier, keys)];
  const maxPersons = isRestored ? Number.POSITIVE_INFINITY : mostPersons(job, named.length);
  try {
    return await findPersonsToErase(ground.engine, { scope, named, maxPersons, scratchDir: ground.scratchDir });
  } catch (error) {
    if (!(error instanceof ErasureError)) throw error;
    const detail = `The ${named.length} named lead to ${error.persons} persons of one dataset, more than the ${maxPersons} that were meant: a value that many share, such as a placeholder telephone number, is among their identifiers. Ask again with max_persons if all of them are meant.`;
    throw new PermanentFailure({ code: error.code, detail }, { cause: error });
  }
}

function mostPersons(job: RunningJob, named: number): number {
  const asked = job.input.maxPersons;
  return typeof asked === 'number' ? asked : Math.max(PERSONS_AT_LEAST, PERSONS_PER_NAMED * named);
}

/** Before anything is erased, so that from here on nobody of them comes in again. Answers how many tombstones there are. */
async function entomb(
  ground: WorkerGround,
  job: RunningJob,
  { erasure, found }: { erasure: Erasure; found: readonly NamedKey[] },
): Promise<number> {
  const rows: TombstoneRow[] = tombstonesOf(found, erasure.keys).map(({ dataset = '', tombstone }) => ({
    tenant_id: job.tenantId,
    dataset_id: dataset,
    tombstone,
    deletion_request_id: erasure.request.id,
    created_at: instantOf(ground.clock),
  }));
  await appendToLedger(ground, job.tenantId, rows);
  const removals = await findRemovals(ground, removalWish(job, found));
  try {
    await job.during(eventOf(job, 'deletion.entombed', { tombstones: rows.length }), async (tx) => {
      await insertTombstones(tx, rows);
      const request = await deletionRequests.get(tx.trx, erasure.request.id);
      // An attempt before this one has asked the destinations already, when more of the persons was left to find them by.
      if (request.status === 'queued') await queueRemovals(tx, ground, removals);
      await deletionRequests.save(tx, { ...request, status: 'erasing' });
    });
  } finally {
    await removals.close();
  }
  return rows.length;
}

function removalWish(job: RunningJob, found: readonly NamedKey[]): RemovalWish {
  const persons = [...Map.groupBy(found, ({ dataset }) => dataset)].map(([datasetId, of]): PersonSet => {
    const keys = Buffer.concat(of.map(({ key }) => key));
    return datasetId === undefined ? { by: 'digest', keys } : { by: 'record-id', datasetId, keys };
  });
  const request = { kind: 'deletion-request', id: job.subjectId };
  return { tenantId: job.tenantId, persons, reason: 'erased', request };
}

function soughtCells(found: readonly NamedKey[], { persons, keys }: Erasure): SoughtCells {
  const identifiers = found.filter(({ dataset }) => dataset === undefined).map(({ key }) => key);
  const halves = decryptBlocks(keys.tenantKey, Buffer.concat(identifiers)).toString('hex');
  const digestHalves = new Set(identifiers.map((_, n) => halves.slice(n * 32, (n + 1) * 32)));
  const recordIds = new Map(
    (persons.records ?? []).map(({ dataset_id: dataset, record_ids: ids }) => [dataset, new Set(ids)]),
  );
  return { digestHalves, recordIds };
}

async function complete(
  ground: WorkerGround,
  job: RunningJob,
  done: { erasure: Erasure; counts: ErasureCounts; tombstones: number; stagedFiles: number },
): Promise<void> {
  const { counts, tombstones, stagedFiles } = done;
  const now = instantOf(ground.clock);
  const erased = {
    persons: counts.persons,
    dataset_versions: counts.versions,
    contributions: counts.contributions,
    matches: counts.matches,
    audiences: counts.audiences,
    suppression_entries: counts.suppressionEntries,
    delivered_ids: counts.deliveredIds,
    staged_files: stagedFiles,
    tombstones,
  };
  const figures = await countEngineFigures(ground, job.tenantId);
  const isTold = (await countOpenRemovals(ground.db.knex, job.subjectId)) === 0;
  const name = isTold ? 'deletion.completed' : 'deletion.erased';
  await job.complete({ state: 'succeeded' }, eventOf(job, name, { ...erased }), async (tx) => {
    const request = await deletionRequests.get(tx.trx, job.subjectId);
    const end = isTold
      ? ({ status: 'completed', completedAt: now, receiptEventId: tx.eventId } as const)
      : ({ status: 'awaiting-destinations' } as const);
    await deletionRequests.save(tx, { ...request, ...end, erased, erasedAt: now });
    await noteEngineFigures(tx, figures);
    await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
  });
  await ground.checkpoints.checkpointNow();
  await forgetFreedPages(ground);
}

/** The write-ahead log still holds pages as they were; what the job's input was encrypted from is in none of them. */
async function forgetFreedPages({ db }: WorkerGround): Promise<void> {
  if (db.dialect === 'sqlite') await db.knex.raw('pragma wal_checkpoint(truncate)');
}

function eventOf(
  job: RunningJob,
  event: 'deletion.entombed' | 'deletion.erased' | 'deletion.completed' | 'deletion.failed',
  detail: AuditDraft['detail'],
): AuditDraft {
  return {
    tenantId: job.tenantId,
    actor: job.actor,
    event,
    outcome: event === 'deletion.failed' ? 'failed' : 'succeeded',
    subject: { kind: 'deletion-request', id: job.subjectId },
    detail,
  };
}
