// The job behind an access request: finds the person as an erasure would, reads what is held, and seals it for the officer. Nothing
// of it is written anywhere else: not into progress, not into an event, not into a log.
import { ErasureError, type NamedKey } from '../../matching/erase/erasure.ts';
import { dropErasureTables } from '../../matching/erase/erasure-tables.ts';
import { findPersonsToErase } from '../../matching/erase.ts';
import type { PersonAnswer } from '../../openapi/generated/api.ts';
import { unreleased } from '../../policies/release.ts';
import { instantAfter, instantOf } from '../clock.ts';
import type { AuditDraft } from '../database/audited-transaction.ts';
import { getErasureScope } from '../deletions/erasure-scope.ts';
import { DAY_MS } from '../deletions/limits.ts';
import { keysOfNamed, openNamedPersons, type SealedPersons } from '../deletions/named-persons.ts';
import type { WorkerGround } from '../ground.ts';
import { type JobRow, PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { accessRequests } from './access-request.ts';
import { sealAnswer } from './answer-box.ts';
import { heldDatasets } from './held-datasets.ts';
import { heldElsewhere } from './held-elsewhere.ts';
import { ANSWER_KEPT_DAYS } from './limits.ts';
import { recipientsOf } from './recipients.ts';

export function accessJob(ground: WorkerGround): JobKind {
  return {
    name: 'gather-person',
    run: (job) => gather(ground, job),
    async givenUp(tx, job, failure) {
      const request = await accessRequests.get(tx.trx, job.subjectId);
      await accessRequests.save(tx, { ...request, status: 'failed', failure });
      await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
      tx.alsoRecord(accessEvent(job, 'access.failed', { code: failure.code }));
    },
  };
}

/** What every part of the answer is read by. */
export interface Sought {
  readonly access: string;
  readonly tenantId: string;
  readonly tenantKey: Uint8Array;
  readonly persons: SealedPersons;
  readonly named: readonly NamedKey[];
  /** Theirs, named or led to. */
  readonly found: readonly NamedKey[];
  readonly scope: Awaited<ReturnType<typeof getErasureScope>>;
}

async function gather(ground: WorkerGround, job: RunningJob): Promise<void> {
  const answer = await read(ground, job).finally(() => dropErasureTables(ground.engine, job.subjectId));
  const { datasets } = answer;
  const found = {
    persons: datasets.reduce((sum, { persons }) => sum + persons.length, 0),
    datasets: new Set(datasets.map(({ dataset_id: id }) => id)).size,
  };
  await job.complete({ state: 'succeeded' }, accessEvent(job, 'access.gathered', {}), async (tx) => {
    const request = await accessRequests.get(tx.trx, job.subjectId);
    const sealed = await sealAnswer(tx, ground, { owner: request, answer: unreleased(answer) });
    await accessRequests.save(tx, {
      ...request,
      status: 'ready',
      found,
      answer: sealed,
      readyAt: instantOf(ground.clock),
      answerUntil: instantAfter(ground.clock, ANSWER_KEPT_DAYS * DAY_MS),
    });
    await tx.trx<JobRow>('jobs').where({ id: job.id }).update({ input: '{}' });
  });
}

async function read(ground: WorkerGround, job: RunningJob): Promise<PersonAnswer> {
  const sought = await find(ground, job);
  job.progress({ phase: 'reading', rows: 0, bytes: 0 });
  const datasets = await heldDatasets(ground, sought);
  return {
    request_id: job.subjectId,
    made_at: instantOf(ground.clock),
    datasets,
    ...(await recipientsOf(ground, sought, datasets)),
    ...(await heldElsewhere(ground, sought)),
  };
}

async function find(ground: WorkerGround, job: RunningJob): Promise<Sought> {
  const { tenantId, subjectId: access } = job;
  job.progress({ phase: 'finding', rows: 0, bytes: 0 });
  const place = { tenantId, jobId: job.id };
  const persons = await openNamedPersons(ground.rootKey, place, String(job.input.sealed));
  const tenantKey = await ground.keys.getTenantKey(tenantId);
  const named = keysOfNamed(persons, tenantKey);
  const scope = await getErasureScope(ground.db.knex, { erasure: access, tenantId });
  const maxPersons = Number(job.input.maxPersons);
  const { engine, scratchDir } = ground;
  try {
    const everywhere = { ...scope, untold: [] };
    const found = await findPersonsToErase(engine, { scope: everywhere, named, maxPersons, scratchDir });
    return { access, tenantId, tenantKey, persons, named, found, scope };
  } catch (error) {
    if (!(error instanceof ErasureError)) throw error;
    const detail = `What was named leads to ${error.persons} persons of one dataset, more than the ${maxPersons} that one person may be: a value that several share is among the identifiers. Leave it out, or ask again with max_persons if all of them are this person.`;
    throw new PermanentFailure({ code: error.code, detail }, { cause: error });
  }
}

function accessEvent(
  job: RunningJob,
  event: 'access.gathered' | 'access.failed',
  detail: AuditDraft['detail'],
): AuditDraft {
  return {
    tenantId: job.tenantId,
    actor: job.actor,
    event,
    outcome: event === 'access.failed' ? 'failed' : 'succeeded',
    subject: { kind: 'access-request', id: job.subjectId },
    detail,
  };
}
