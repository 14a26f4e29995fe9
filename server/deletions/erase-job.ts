// The job behind a deletion request, which no other job runs beside. In this order, so that a cut leaves nobody half gone and
// free to come back: find, entomb, erase from the engine, destroy staged files, tell. Every step may run again.
import { ErasureError, type ErasureScope, type NamedKey } from '../../matching/erase/erasure.ts';
import { dropErasureTables, endCutErasure } from '../../matching/erase/erasure-tables.ts';
import type { PersonSeeds } from '../../matching/erase/person-seeds.ts';
import { eraseFoundPersons, findPersonsToErase } from '../../matching/erase.ts';
import type { DropOutcome } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import { type JobRow, PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { findRemovals } from '../removals/find-removals.ts';
import type { PersonSet, RemovalWish } from '../removals/person-set.ts';
import { queueRemovals } from '../removals/queue-removals.ts';
import { type DeletionRequest, deletionRequests } from './deletion-request.ts';
import { completeErasure, deletionEvent } from './end-erasure.ts';
import { appendToLedger } from './erasure-ledger.ts';
import { getErasureScope } from './erasure-scope.ts';
import { PERSONS_AT_LEAST, PERSONS_PER_NAMED } from './limits.ts';
import { keysOfNamed, openNamedPersons, type SealedPersons } from './named-persons.ts';
import { narrowed, prospectsOf, seedsOf } from './prospect-erasure.ts';
import { soughtCells } from './sought-cells.ts';
import { destroyStagedFiles } from './staged-files.ts';
import {
  getTombstoneKeys,
  insertTombstones,
  keysOfTombstones,
  listTombstones,
  type TombstoneKeys,
  type TombstoneRow,
  tombstonesOf,
} from './tombstones.ts';
import { type FoundByDigest, findByUnsalted } from './unsalted-digests.ts';
import { listUntold } from './untold-destinations.ts';

export function eraseJob(ground: WorkerGround): JobKind {
  return {
    name: 'erase',
    run: (job) => erase(ground, job),
    async givenUp(tx, job, failure) {
      const request = await deletionRequests.get(tx.trx, job.subjectId);
      await deletionRequests.save(tx, { ...request, status: 'failed', failure });
      await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
      tx.alsoRecord(deletionEvent(job, 'deletion.failed', { code: failure.code }));
    },
  };
}

interface Erasure {
  readonly request: DeletionRequest;
  readonly persons: SealedPersons;
  readonly keys: TombstoneKeys;
}

async function erase(ground: WorkerGround, job: RunningJob): Promise<void> {
  const { engine, db } = ground;
  const erasure = await openErasure(ground, job);
  const prospects = prospectsOf(job);
  const whole = await getErasureScope(db.knex, { erasure: erasure.request.id, tenantId: job.tenantId });
  const standing = prospects === undefined ? whole : narrowed(whole, prospects);
  await endCutErasure(engine);
  job.progress({ phase: 'finding', rows: 0, bytes: 0 });
  const byDigest = await findByUnsalted(ground, { scope: standing, lists: erasure.persons.unsalted ?? [] });
  const seeds = prospects === undefined ? byDigest.seeds : await seedsOf(ground, standing, prospects);
  const found = await findOnce(ground, job, { erasure, scope: { ...standing, untold: [] }, seeds });
  const tombstones = await entomb(ground, job, { erasure, found });
  const scope = { ...standing, untold: await listUntold(db.knex, erasure.request.id) };
  job.progress({ phase: 'erasing', rows: 0, bytes: 0 });
  const counts = await eraseFoundPersons(engine, scope);
  await dropErasureTables(engine, scope.erasure);
  job.progress({ phase: 'searching staged files', rows: counts.persons, bytes: 0 });
  const outcomes = outcomesOf(erasure, byDigest);
  const gone = prospects === undefined ? found : [];
  const stagedFiles = await destroyStagedFiles(
    ground,
    job,
    soughtCells(gone, { persons: erasure.persons, tenantKey: erasure.keys.tenantKey }),
  );
  await completeErasure(ground, job, { found: gone, scope, counts, tombstones, stagedFiles, outcomes });
}

async function openErasure(ground: WorkerGround, job: RunningJob): Promise<Erasure> {
  const request = await deletionRequests.get(ground.db.knex, job.subjectId);
  const { sealed } = job.input;
  const place = { tenantId: job.tenantId, jobId: job.id };
  const persons = typeof sealed === 'string' ? await openNamedPersons(ground.rootKey, place, sealed) : {};
  return { request, persons, keys: await getTombstoneKeys(ground, job.tenantId) };
}

/** Prospects have no tombstones to be found by again, so that what an attempt found of them stands for the next. */
async function findOnce(ground: WorkerGround, job: RunningJob, asked: Parameters<typeof find>[2]): Promise<NamedKey[]> {
  if (job.checkpoint?.found === true) return [];
  const found = await find(ground, job, asked);
  if (prospectsOf(job) !== undefined) await job.saveCheckpoint({ found: true });
  return found;
}

/** Beside what was named, the tombstones of an attempt before this one: what led to a person may be erased already. */
async function find(
  ground: WorkerGround,
  job: RunningJob,
  { erasure, scope, seeds }: { erasure: Erasure; scope: ErasureScope; seeds: readonly PersonSeeds[] },
): Promise<NamedKey[]> {
  const { request, persons, keys } = erasure;
  // A restored backup is searched for everybody who was ever erased.
  const isRestored = request.source === 'restored';
  const where = isRestored ? {} : { deletion_request_id: request.id };
  const earlier = await listTombstones(ground.db, { tenant_id: job.tenantId, ...where });
  const named = [...keysOfNamed(persons, keys.tenantKey), ...keysOfTombstones(earlier, keys)];
  const { digests, record_ids: recordIds } = request.named;
  const isOfTime = isRestored || prospectsOf(job) !== undefined;
  const maxPersons = isOfTime ? Number.POSITIVE_INFINITY : mostPersons(job, digests + recordIds);
  try {
    const { scratchDir } = ground;
    return await findPersonsToErase(ground.engine, { scope, named, seeds, maxPersons, scratchDir });
  } catch (error) {
    if (!(error instanceof ErasureError)) throw error;
    const detail = `The ${digests + recordIds} named lead to ${error.persons} persons of one dataset, more than the ${maxPersons} that were meant: a value that many share, such as a placeholder telephone number, is among their identifiers. Ask again with max_persons if all of them are meant.`;
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
  const entombed = prospectsOf(job) === undefined ? found : [];
  const rows: TombstoneRow[] = tombstonesOf(entombed, erasure.keys).map(({ dataset = '', tombstone }) => ({
    tenant_id: job.tenantId,
    dataset_id: dataset,
    tombstone,
    deletion_request_id: erasure.request.id,
    created_at: instantOf(ground.clock),
  }));
  await appendToLedger(ground, job.tenantId, rows);
  const removals = await findRemovals(ground, removalWish(job, found));
  try {
    await job.during(deletionEvent(job, 'deletion.entombed', { tombstones: rows.length }), async (tx) => {
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

/** An authority wants to know of each entry of its list whether somebody was found; others are not told so. */
function outcomesOf({ request, persons }: Erasure, { found }: FoundByDigest): DropOutcome[] | null {
  if (request.source !== 'drop') return null;
  return (persons.unsalted ?? []).map(({ kind }, n) => ({ list: kind, deleted: [...(found[n] ?? [])] }));
}

function removalWish(job: RunningJob, found: readonly NamedKey[]): RemovalWish {
  const prospects = prospectsOf(job);
  // Whoever is a prospect here may be a customer in another dataset.
  const scope = prospects === undefined ? {} : { datasetId: prospects.datasetId };
  const persons = [...Map.groupBy(found, ({ dataset }) => dataset)].map(([datasetId, of]): PersonSet => {
    const keys = Buffer.concat(of.map(({ key }) => key));
    return datasetId === undefined ? { by: 'digest', keys, ...scope } : { by: 'record-id', datasetId, keys };
  });
  const request = { kind: 'deletion-request', id: job.subjectId };
  const reason = prospects === undefined ? 'erased' : 'expired';
  return { tenantId: job.tenantId, persons, reason, request };
}
