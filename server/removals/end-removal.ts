// How a removal ends: confirmed with a receipt and its ids destroyed, or failed, to be tried again.
import type { DeliveryReport } from '../../connectors/kit/report.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import type { JobFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { type Removal, removals } from './removal.ts';
import { destroyOutbox } from './removal-outbox.ts';

/** `forget` notes in the engine that the destination has them no more; it may run twice. */
export async function confirmRemoval(
  ground: WorkerGround,
  job: RunningJob,
  { removal, report, forget }: { removal: Removal; report: DeliveryReport; forget: () => Promise<void> },
): Promise<void> {
  await forget();
  const at = instantOf(ground.clock);
  const erasure = isCountless(ground, removal) ? null : (report.erasure ?? null);
  await job.complete(
    { state: 'succeeded' },
    {
      tenantId: removal.tenantId,
      actor: job.actor,
      event: 'removal.confirmed',
      outcome: 'succeeded',
      subject: { kind: 'removal', id: removal.id },
      detail: {
        request: removal.requestId,
        destination: removal.destinationKind,
        reason: removal.reason,
        requestedAt: removal.requestedAt,
        confirmedAt: at,
        ...(erasure === null ? {} : { erasure }),
      },
    },
    async (tx) => {
      await destroyOutbox(tx, ground, removal);
      tellDestinationTenant(tx, job, removal);
      await removals.save(tx, {
        ...removal,
        status: 'confirmed',
        attempts: removal.attempts + 1,
        report: isCountless(ground, removal) ? null : shownReport(report),
        erasure,
        failure: null,
        confirmedAt: at,
        triedAt: at,
        receiptEventId: tx.eventId,
      });
    },
  );
  await ground.checkpoints.checkpointNow();
}

/** The ids stay sealed: a failed removal is tried again, and one that nobody can send is done by hand. */
export async function failRemoval(
  ground: WorkerGround,
  job: RunningJob,
  { removal, status, failure }: { removal: Removal; status: Removal['status']; failure: JobFailure },
): Promise<void> {
  await job.complete(
    { state: 'failed', failure },
    {
      tenantId: removal.tenantId,
      actor: job.actor,
      event: 'removal.failed',
      outcome: 'failed',
      subject: { kind: 'removal', id: removal.id },
      detail: { request: removal.requestId, destination: removal.destinationKind, code: failure.code },
    },
    async (tx) => {
      const attempts = removal.attempts + 1;
      await removals.save(tx, { ...removal, status, attempts, failure, triedAt: instantOf(ground.clock) });
    },
  );
}

/** A partner whose destination it is learns that persons left, and neither how many nor why. */
function tellDestinationTenant(tx: AuditedTransaction, job: RunningJob, removal: Removal): void {
  if (!isPartners(removal)) return;
  tx.alsoRecord({
    tenantId: removal.destinationTenantId,
    actor: job.actor,
    event: 'removal.received',
    outcome: 'succeeded',
    subject: { kind: 'destination', id: removal.destinationId },
    detail: { audience: removal.audienceId },
  });
}

export function isPartners(removal: Removal): boolean {
  return removal.tenantId !== removal.destinationTenantId;
}

/** Of an audience over a collaboration: who was in it was matched, and a removal must not tell of one person that it was. */
export function isCountless({ config }: Pick<WorkerGround, 'config'>, removal: Removal): boolean {
  return isPartners(removal) || (!config.attackControl && removal.collaborationId !== null);
}

function shownReport({ removed, rejectedByPlatform, invalid, platformJobs }: DeliveryReport): Removal['report'] {
  return { removed, rejectedByPlatform: { ...invalid, ...rejectedByPlatform }, platformJobs };
}
