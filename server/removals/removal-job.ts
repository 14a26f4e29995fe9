// Takes persons out at one destination. In the audience's turn it looks at what the destination holds of them, sends the removals by
// the connector, and ends with a receipt for whose persons they are. No threshold and no difference stands in the way.
import { deliver } from '../../connectors/kit/deliver.ts';
import { DeliveryPostponed } from '../../connectors/kit/errors.ts';
import { type DeliveryProgress, startProgress } from '../../connectors/kit/progress.ts';
import type { DeliveryReport } from '../../connectors/kit/report.ts';
import {
  type DeliveryDelta,
  dropSelection,
  forgetDelivered,
  recordDelivered,
  removalDelta,
} from '../../matching/distribute-delta.ts';
import { dropCandidates } from '../../matching/removal-candidates.ts';
import { type RecordedDecision, recordedDecision, release } from '../../policies/release.ts';
import { removalRequest } from '../../policies/removal.ts';
import { activations } from '../activations/activation.ts';
import { asService } from '../database/row-scope.ts';
import { connectorOptions } from '../destinations/connector-options.ts';
import { destinations } from '../destinations/destination.ts';
import { getDeclared } from '../destinations/destination-service.ts';
import type { WorkerGround } from '../ground.ts';
import { JobPostponed } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { confirmRemoval, failRemoval, isCountless } from './end-removal.ts';
import { otherHolders } from './other-holders.ts';
import { type Removal, removals } from './removal.ts';
import { removalIdOpener } from './removal-ids.ts';
import { loadCandidates } from './removal-outbox.ts';

export function removalJob(ground: WorkerGround): JobKind {
  return {
    name: 'remove-persons',
    // A partner's destination is told with that partner's credentials, of ids under the other tenant's key.
    run: (job) => asService(() => runRemoval(ground, job)),
    async givenUp(tx, job, failure) {
      const removal = await removals.get(tx.trx, String(job.input.removalId));
      await removals.save(tx, { ...removal, status: 'failed', failure, triedAt: new Date().toISOString() });
    },
  };
}

async function runRemoval(ground: WorkerGround, job: RunningJob): Promise<void> {
  const removal = await removals.get(ground.db.knex, String(job.input.removalId));
  const destination = await destinations.get(ground.db.knex, removal.destinationId);
  if (destination.deletedAt !== null) {
    const failure = {
      code: 'destination_deleted',
      detail: 'The destination was removed here; take the persons out there.',
    };
    return failRemoval(ground, job, { removal, status: 'destination_deleted', failure });
  }
  const report = await takeOut(ground, job, removal);
  if (report === 'unsupported') {
    const failure = {
      code: 'removal_unsupported',
      detail: 'The platform takes nobody out by a request; do it there.',
    };
    // Nothing will be sent there any more, so that nothing has to be remembered for it.
    if (leavesNoTrace(removal)) await forgetDelivered(ground.engine, requestOf(removal));
    await failRemoval(ground, job, { removal, status: 'unsupported', failure });
  } else if (report.batchesFailed === 0 && report.failure === undefined) {
    await confirmRemoval(ground, job, { removal, report, forget: () => noteTaken(ground, removal) });
  } else {
    const failure = {
      code: report.failure?.code ?? 'batches_failed',
      detail: report.failure?.message ?? 'The platform did not take every batch.',
    };
    await failRemoval(ground, job, { removal, status: 'failed', failure });
  }
  await dropWorkingTables(ground, removal);
}

async function takeOut(
  ground: WorkerGround,
  job: RunningJob,
  removal: Removal,
): Promise<DeliveryReport | 'unsupported'> {
  const destination = await destinations.get(ground.db.knex, removal.destinationId);
  const declared = getDeclared(destination.kind);
  const recorded = await decide(ground, job, removal);
  await loadCandidates(ground, removal);
  const open = await removalIdOpener(ground, { audienceId: removal.audienceId, destination, declared });
  const delta = await deltaOf(ground, removal, open);
  // Where persons are a collaboration's, it must not depend on them what is told.
  if (!declared.removal.supported && (isCountless(ground, removal) || !(await isEmpty(delta, recorded))))
    return 'unsupported';
  const { purpose } = await activations.get(ground.db.knex, removal.activationId);
  const saved = job.checkpoint?.delivery as DeliveryProgress | undefined;
  const startedAtMs = Date.parse(removal.requestedAt);
  try {
    return await deliver(declared, {
      ...(await connectorOptions(ground, destination, job.signal)),
      changes: release(delta.changes, recorded),
      purpose,
      progress: saved ?? startProgress({ deliveryId: removal.id, startedAtMs }),
      save: async (progress) => {
        const rows = isCountless(ground, removal) ? 0 : progress.taken.removed;
        job.progress({ phase: progress.phase, rows, bytes: 0 });
        await job.saveCheckpoint({ delivery: JSON.parse(JSON.stringify(progress)) });
      },
    });
  } catch (error) {
    if (error instanceof DeliveryPostponed) throw new JobPostponed(error.retryAfterMs, { cause: error });
    throw error;
  }
}

/** What ran out ended for the persons of one audience: whom others still send there stays. Whoever is to be gone, is gone for all. */
async function deltaOf(ground: WorkerGround, removal: Removal, open: ((id: string) => string) | undefined) {
  const request = { ...requestOf(removal), ...(open === undefined ? {} : { open }) };
  if (removal.reason !== 'expired') return removalDelta(ground.engine, request);
  const others = await otherHolders(ground, removal);
  try {
    return await removalDelta(ground.engine, { ...request, stayFor: others.holders });
  } finally {
    await others.close();
  }
}

async function decide(ground: WorkerGround, job: RunningJob, removal: Removal): Promise<RecordedDecision> {
  const { destinationKind, audienceId, reason } = removal;
  const decision = ground.policies.decide(removalRequest({ destinationKind, audienceId, reason }));
  const { eventId } = await job.during(
    {
      tenantId: removal.tenantId,
      actor: job.actor,
      event: 'removal.decided',
      outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
      subject: { kind: 'removal', id: removal.id },
      decision,
      detail: { destination: destinationKind, reason },
    },
    async () => undefined,
  );
  return recordedDecision(decision, eventId);
}

async function isEmpty({ changes }: DeliveryDelta, recorded: RecordedDecision): Promise<boolean> {
  for await (const page of release(changes, recorded).value) if (page.length > 0) return false;
  return true;
}

function requestOf(removal: Removal) {
  const { id, audienceId, destinationId, reason } = removal;
  return { delivery: id, audience: audienceId, destination: destinationId, erase: reason === 'erased' };
}

/** Of somebody who was erased not even the id stays that the destination was told. */
async function noteTaken(ground: WorkerGround, removal: Removal): Promise<void> {
  if (leavesNoTrace(removal)) await forgetDelivered(ground.engine, requestOf(removal));
  else await recordDelivered(ground.engine, requestOf(removal));
}

async function dropWorkingTables(ground: WorkerGround, { id }: Removal): Promise<void> {
  await dropSelection(ground.engine, id);
  await dropCandidates(ground.engine, id);
}

/** What was erased or ran out is not kept for a next delivery to compare with. */
function leavesNoTrace({ reason }: Removal): boolean {
  return reason === 'erased' || reason === 'expired';
}
