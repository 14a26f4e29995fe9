// A delivery: decided anew at this very moment, a checkpoint signed, then sent by the connector, then noted.
// It may be killed at any instant: the changes are written down before the first is sent, and progress after each step.

import type { AuditEventName } from '../../audit/event.ts';
import { type DeliverOptions, deliver } from '../../connectors/kit/deliver.ts';
import { DeliveryPostponed } from '../../connectors/kit/errors.ts';
import { type DeliveryProgress, startProgress } from '../../connectors/kit/progress.ts';
import type { DeliveryReport } from '../../connectors/kit/report.ts';
import { deliveryDelta, dropSelection, recordDelivered } from '../../matching/distribute-delta.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import { DEFAULTS } from '../../policies/limits.ts';
import { type RecordedDecision, recordedDecision, release, releaseWith } from '../../policies/release.ts';
import { type Activation, activations } from '../activations/activation.ts';
import { isApprovedStill } from '../activations/approval-standing.ts';
import { recordRelease } from '../analyses/releases.ts';
import { instantOf } from '../clock.ts';
import type { LetterDraft } from '../dead-letters/dead-letter.ts';
import { connectorOptions } from '../destinations/connector-options.ts';
import type { WorkerGround } from '../ground.ts';
import { JobPostponed, PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { type Delivery, deliveries, type ShownReport } from './delivery.ts';
import { doubtedIds, keepLetters, LetterCollector } from './delivery-letters.ts';
import { noisedCounts } from './noised-counts.ts';
import { remapLeftBy, remapOf } from './remap-due.ts';
import { evaluateAsOfNow, tellSchedule } from './scheduled-run.ts';
import { sealedIdOpener } from './sealed-ids.ts';
import { type Selection, selectForDelivery, tellsConsent, thresholdOf } from './selection.ts';
import { cellsOf, shownDecision } from './shown-counts.ts';
import { noteTelling, takeTurnToBeCounted, takeTurnToTell } from './telling.ts';
import { confirmTelling } from './telling-store.ts';
import { holdDelivery, measureVolume } from './volume-breaker.ts';
import { reportWithoutWithheld } from './withheld-consent.ts';

export function deliveryJob(ground: WorkerGround): JobKind {
  return {
    name: 'deliver',
    async run(job) {
      const delivery = await deliveries.get(ground.db.knex, String(job.input.deliveryId));
      const activation = await activations.get(ground.db.knex, delivery.activationId);
      await assertApproved(ground, job, activation);
      await takeTurnToTell(ground, job, { delivery, activation });
      await takeTurnToBeCounted(ground, job, delivery);
      await evaluateAsOfNow(ground, job, activation);
      job.progress({ phase: 'deciding', rows: 0, bytes: 0 });
      const selection = await selectForDelivery(ground, job, { selectionId: delivery.id, activation });
      const eventId = await recordDecision(ground, job, { delivery, selection });
      if (selection.decision.outcome === 'deny') return refuse(ground, job, { delivery, selection, eventId });
      await ground.checkpoints.checkpointNow();
      const recorded = recordedDecision(selection.decision, eventId);
      const { volume, tripped } = await measureVolume(ground, job, { delivery, activation, selection, recorded });
      // One that has begun is brought to its end.
      if (tripped !== undefined && job.checkpoint === undefined)
        return holdDelivery(ground, job, { delivery, activation, selection, recorded, tripped });
      const { purpose } = activation;
      const sent = await send(ground, job, { delivery, purpose, selection, recorded });
      await complete(ground, job, { delivery, activation, selection, recorded, volume, ...sent });
    },
    async givenUp(tx, job, failure) {
      const delivery = await deliveries.get(tx.trx, String(job.input.deliveryId));
      const finishedAt = instantOf(ground.clock);
      await deliveries.save(tx, { ...delivery, status: 'failed', phase: failure.code, finishedAt, isDeciding: 0 });
      const activation = await activations.get(tx.trx, delivery.activationId);
      await tellSchedule(ground, tx, { input: job.input, activation, because: failure.code });
    },
  };
}

async function assertApproved(ground: WorkerGround, job: RunningJob, activation: Activation): Promise<void> {
  if (await isApprovedStill(ground.db.knex, activation)) return;
  const detail =
    activation.status === 'approved'
      ? 'What was approved has changed since. Draft the activation again.'
      : `The activation is ${activation.status}.`;
  job.progress({ phase: 'refused', rows: 0, bytes: 0 });
  throw new PermanentFailure({ code: 'not_approved', detail });
}

async function recordDecision(
  ground: WorkerGround,
  job: RunningJob,
  { delivery, selection }: { delivery: Delivery; selection: Selection },
): Promise<string> {
  const { decision } = selection;
  const { eventId } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'delivery.decided',
      outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
      subject: { kind: 'delivery', id: delivery.id },
      decision,
      detail: {
        activation: delivery.activationId,
        destination: selection.destination.id,
        consentSnapshotHash: selection.snapshotHash,
      },
    },
    async (tx) => {
      const { matched } = selection.grounds;
      if (decision.outcome === 'deny' || matched === undefined) return;
      const tenants = [delivery.tenantId, matched.left.tenantId, matched.right.tenantId];
      await recordRelease(tx, { subjectId: delivery.id, tenants, at: instantOf(ground.clock) });
    },
  );
  return eventId;
}

async function refuse(
  ground: WorkerGround,
  job: RunningJob,
  { delivery, selection, eventId }: { delivery: Delivery; selection: Selection; eventId: string },
): Promise<void> {
  await dropSelection(ground.engine, delivery.id);
  await job.complete(
    { state: 'succeeded' },
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'delivery.refused',
      outcome: 'denied',
      subject: { kind: 'delivery', id: delivery.id },
      detail: { activation: delivery.activationId },
    },
    async (tx) => {
      await tellSchedule(ground, tx, { input: job.input, because: selection.decision.reasons[0] ?? 'refused' });
      await deliveries.save(tx, {
        ...(await deliveries.get(tx.trx, delivery.id)),
        status: 'refused',
        phase: 'refused',
        isDeciding: 0,
        decision: shownDecision(selection.decision, eventId),
        receiptEventId: tx.eventId,
        finishedAt: instantOf(ground.clock),
      });
    },
  );
}

async function send(
  ground: WorkerGround,
  job: RunningJob,
  asked: { delivery: Delivery; purpose: string; selection: Selection; recorded: RecordedDecision },
): Promise<{ report: DeliveryReport; letters: readonly LetterDraft[] }> {
  const { delivery, purpose, selection, recorded } = asked;
  const { grounds, destination, declared } = selection;
  const isWhole = delivery.mode === 'full';
  const remap = await remapOf(ground.db.knex, delivery);
  const told = { delivery: delivery.id, audience: grounds.audience.id, destination: destination.id };
  const request = { ...told, isWhole: isWhole || remap.isNow };
  const telling = { tellsConsent: tellsConsent(declared) };
  const open = await sealedIdOpener(ground, selection.reach);
  const opening = open === undefined ? {} : { open };
  const doubted = await doubtedIds(ground, job);
  const delta = await deliveryDelta(ground.engine, { ...request, ...opening, ...telling, doubted });
  const collected = new LetterCollector();
  await noteTelling(ground, job, { delivery, selection, round: delta.round });
  const saved = job.checkpoint?.delivery as DeliveryProgress | undefined;
  const startedAtMs = Date.parse(delivery.createdAt);
  const options: DeliverOptions = {
    ...(await connectorOptions(ground, destination, job.signal)),
    changes: release(delta.changes, recorded),
    purpose,
    isWhole,
    isRemap: remap.isNow,
    keepLetter: (letter, ids) => collected.keep(letter, ids),
    progress: saved ?? startProgress({ deliveryId: delivery.id, startedAtMs }),
    save: async (progress) => {
      job.progress({ phase: progress.phase, rows: progress.taken.added + progress.taken.removed, bytes: 0 });
      await job.saveCheckpoint({ delivery: JSON.parse(JSON.stringify(progress)) });
    },
  };
  try {
    const report = await deliver(declared, options);
    // What a platform did not confirm stays in doubt, and is told again by the next delivery.
    if (report.batchesFailed === 0 && report.failure === undefined) await recordDelivered(ground.engine, request);
    const letters = await collected.drafts(ground, { request: { ...request, ...opening }, recorded });
    // Before anything of it is stored or shown.
    return { report: selection.gate === undefined ? report : reportWithoutWithheld(report), letters };
  } catch (error) {
    if (error instanceof DeliveryPostponed) throw new JobPostponed(error.retryAfterMs, { cause: error });
    throw error;
  }
}

interface Ended {
  readonly delivery: Delivery;
  readonly activation: Activation;
  readonly selection: Selection;
  readonly recorded: RecordedDecision;
  readonly report: DeliveryReport;
  readonly letters: readonly LetterDraft[];
  readonly volume: number | undefined;
}

const ENDS = {
  delivered: { state: 'succeeded', event: 'delivery.completed', outcome: 'succeeded' },
  partially_delivered: { state: 'partially_succeeded', event: 'delivery.partial', outcome: 'succeeded' },
  failed: { state: 'failed', event: 'delivery.failed', outcome: 'failed' },
} as const satisfies Record<DeliveryReport['status'], { state: string; event: AuditEventName; outcome: string }>;

async function complete(ground: WorkerGround, job: RunningJob, ended: Ended): Promise<void> {
  const { delivery, selection, recorded, report, volume = null } = ended;
  const { state, event, outcome } = ENDS[report.status];
  const failure = report.failure && { code: report.failure.code, detail: report.failure.message };
  const shown = await shownReport(ground, job, ended);
  await job.complete(
    { state, ...(failure === undefined ? {} : { failure }) },
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event,
      outcome,
      subject: { kind: 'delivery', id: delivery.id },
      detail: {
        activation: delivery.activationId,
        destination: selection.destination.id,
        decision: recorded.eventId,
        consentSnapshotHash: selection.snapshotHash,
        ...sentOf(selection, report),
        rejected: { ...report.rejectedByPlatform },
        ...(failure === undefined ? {} : { code: failure.code }),
      },
    },
    async (tx) => {
      await keepLetters(ground, tx, job, ended);
      const because = report.status === 'failed' ? (report.failure?.code ?? 'failed') : undefined;
      await tellSchedule(ground, tx, { input: job.input, because });
      if (report.status === 'delivered') await confirmTelling(tx, delivery.id, instantOf(ground.clock));
      await deliveries.save(tx, {
        ...(await deliveries.get(tx.trx, delivery.id)),
        status: report.status,
        phase: report.phase,
        volume,
        report: shown,
        decision: shownDecision(recorded.decision, recorded.eventId),
        receiptEventId: tx.eventId,
        finishedAt: instantOf(ground.clock),
      });
    },
  );
  await dropSelection(ground.engine, delivery.id);
  await ground.checkpoints.checkpointNow();
}

async function shownReport(
  ground: WorkerGround,
  job: RunningJob,
  { delivery, selection, recorded, report }: Ended,
): Promise<ShownReport> {
  const { rules } = selection.grounds;
  const threshold = effectiveThreshold(rules, thresholdOf(selection.grounds).threshold);
  const counts = await noisedCounts(ground, job, { plan: selection.gate, counts: selection.counts, threshold });
  const rest = {
    sent: sentOf(selection, report),
    rejected_by_platform: { ...report.invalid, ...report.rejectedByPlatform },
    batches: report.batches,
    platform_jobs: report.platformJobs,
    ...(await remapLeftBy(ground.db.knex, delivery, report)),
  };
  if (counts === undefined) return { ...rest, refused: {} };
  return releaseWith(counts, ({ refused }) => ({
    decision: recorded,
    shown: { ...rest, refused: cellsOf(refused, threshold) },
  })).value;
}

/**
 * To the tenant whose destination it is, exactly what was added: it holds these ids. Of removals, out of a collaboration, only as
 * many as a difference of audiences has: fewer are of persons who withdrew or were suppressed, and their number is not shown.
 */
function sentOf({ gate }: Selection, { added, removed }: DeliveryReport): { added: number; removed: number } {
  if (gate === undefined) return { added, removed };
  const shown = removed < DEFAULTS.audienceDifference ? 0 : Math.floor(removed / DEFAULTS.roundTo) * DEFAULTS.roundTo;
  return { added, removed: shown };
}
