// The circuit breaker on volume: an audience three times larger than any that was delivered before waits for a person. The first
// delivery is held against what its approvers were shown. Figures are those that may be told, so that waiting tells no more than they do.
import type { Knex } from 'knex';
import type { JsonObject } from '../../audit/canonical-json.ts';
import { dropSelection } from '../../matching/distribute-delta.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import { type RecordedDecision, releaseWith } from '../../policies/release.ts';
import { type Activation, activations, type Cell } from '../activations/activation.ts';
import { currentTermsHash } from '../activations/activation-terms.ts';
import { approvalRequested, requestApproval, voidPending } from '../approvals/request-approval.ts';
import { hashOf, type Shown } from '../approvals/shown.ts';
import type { ApprovableKind } from '../approvals/subjects.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { WorkerGround } from '../ground.ts';
import { insertJob } from '../jobs/job-store.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { type Delivery, deliveries, type HeldVolume } from './delivery.ts';
import { BREAKER_FACTOR } from './limits.ts';
import { noisedCounts } from './noised-counts.ts';
import { tellSchedule } from './scheduled-run.ts';
import { type Selection, thresholdOf } from './selection.ts';
import { cellOf, shownDecision } from './shown-counts.ts';

interface Decided {
  readonly delivery: Delivery;
  readonly activation: Activation;
  readonly selection: Selection;
  readonly recorded: RecordedDecision;
}

/** How many would leave, and, where that is too many to go by itself, what a person has to agree to. */
export async function measureVolume(
  ground: WorkerGround,
  job: RunningJob,
  of: Decided,
): Promise<{ volume: number | undefined; tripped: HeldVolume | undefined }> {
  const volume = await tellableVolume(ground, job, of);
  const before = await findLargestBefore(ground.db.knex, of.activation);
  if (volume === undefined || before === undefined || volume < BREAKER_FACTOR * before)
    return { volume, tripped: undefined };
  const { held } = of.delivery;
  const isAgreed = held?.approved === true && volume <= held.volume;
  return { volume, tripped: isAgreed ? undefined : { volume, before, approved: false } };
}

/** Persons who would leave, as may be told; undefined when the budget for telling is spent, and then nothing can have grown unseen. */
async function tellableVolume(
  ground: WorkerGround,
  job: RunningJob,
  { selection, recorded }: Pick<Decided, 'selection' | 'recorded'>,
): Promise<number | undefined> {
  const threshold = thresholdFor(selection);
  const counts = await noisedCounts(ground, job, { plan: selection.gate, counts: selection.counts, threshold });
  if (counts === undefined) return undefined;
  await ground.checkpoints.checkpointNow();
  return releaseWith(counts, ({ deliverable }) => ({ decision: recorded, shown: Math.max(0, deliverable) })).value;
}

/** What this delivery is held against; undefined where there is nothing: nobody was shown anything, nothing was delivered. */
async function findLargestBefore(
  knex: Knex,
  { audienceId, destinationId, dryRun }: Activation,
): Promise<number | undefined> {
  const row = (await knex('deliveries')
    .join('activations', 'activations.id', 'deliveries.activation_id')
    .where({ 'activations.audience_id': audienceId, 'activations.destination_id': destinationId })
    .whereIn('deliveries.status', ['delivered', 'partially_delivered'])
    .max('deliveries.volume as volume')
    .first()) as { volume: number | string | null } | undefined;
  const delivered = Number(row?.volume ?? 0);
  if (delivered > 0) return delivered;
  // A figure that was withheld is none: nobody approved of it.
  return dryRun !== null && 'value' in dryRun.would_deliver ? dryRun.would_deliver.value : undefined;
}

const persons = (cell: Cell): number => ('value' in cell ? cell.value : cell.fewer_than);

/** Ends the job without sending anything, and asks the tenant's officers. */
export async function holdDelivery(
  ground: WorkerGround,
  job: RunningJob,
  of: Decided & { readonly tripped: HeldVolume },
): Promise<void> {
  const { delivery, activation, selection, recorded, tripped: held } = of;
  await dropSelection(ground.engine, delivery.id);
  const by = { tenantId: job.tenantId, actor: job.actor };
  const event = { ...by, event: 'delivery.held', outcome: 'succeeded' } as const;
  const detail = { activation: activation.id, factor: BREAKER_FACTOR };
  const subject = { kind: 'delivery', id: delivery.id } as const;
  await job.complete({ state: 'succeeded' }, { ...event, subject, detail }, async (tx) => {
    const current = await deliveries.get(tx.trx, delivery.id);
    const decision = shownDecision(recorded.decision, recorded.eventId);
    await deliveries.save(tx, {
      ...current,
      status: 'awaiting_approval',
      phase: 'held',
      decision,
      held,
      isDeciding: 0,
    });
    await voidPending(tx, subject);
    const requestedBy = await askerOf(tx, delivery);
    const shown = await shownOf(ground, tx, { activation, selection, delivery, held, requestedBy });
    const tenantIds = [delivery.tenantId];
    const asked = await requestApproval(tx, ground.clock, { subject, tenantIds, shown, requestedBy });
    tx.alsoRecord(approvalRequested(by, asked));
  });
}

async function askerOf(tx: AuditedTransaction, delivery: Delivery): Promise<string> {
  return (await askedFor(tx, delivery)).createdBy;
}

/** By whom, and with what beside: letters that it retries, the schedule whose run it is. */
async function askedFor(
  tx: AuditedTransaction,
  { jobId }: Delivery,
): Promise<{ createdBy: string; input: JsonObject }> {
  const row = (await tx.trx('jobs').where({ id: jobId }).first('created_by', 'input')) as
    | { created_by: string; input: string }
    | undefined;
  return { createdBy: row?.created_by ?? '', input: JSON.parse(row?.input ?? '{}') as JsonObject };
}

async function shownOf(
  ground: WorkerGround,
  tx: AuditedTransaction,
  of: { activation: Activation; selection: Selection; delivery: Delivery; held: HeldVolume; requestedBy: string },
): Promise<Shown> {
  const { activation, selection, delivery, held } = of;
  const cells = heldCells(held, thresholdFor(selection));
  const text = (cell: Cell) => ('value' in cell ? cell.value.toLocaleString('en') : `fewer than ${cell.fewer_than}`);
  const { destination, grounds } = selection;
  return {
    summary: `Deliver the audience "${grounds.audience.name}" to ${destination.name} although it is ${BREAKER_FACTOR} times larger than ever before: ${text(cells.volume)} persons, where ${text(cells.largest_before)} were the most.`,
    asked_by: of.requestedBy,
    asked_at: instantOf(ground.clock),
    changes: [
      {
        pointer: '/persons',
        before: persons(cells.largest_before),
        after: persons(cells.volume),
        text: `persons: ${text(cells.largest_before)} becomes ${text(cells.volume)}`,
      },
    ],
    proposed: { delivery: delivery.id, activation: activation.id, mode: delivery.mode, ...cells },
    decisions: [],
    forecast: { text: `This would deliver ${text(cells.volume)}.`, detail: { ...cells } },
    basis_hash: await heldBasisHash(tx.trx, { ...delivery, held }),
  };
}

export function heldCells(held: HeldVolume, threshold: number): { volume: Cell; largest_before: Cell } {
  return { volume: cellOf(held.volume, threshold), largest_before: cellOf(held.before, threshold) };
}

function thresholdFor({ grounds }: Selection): number {
  return effectiveThreshold(grounds.rules, thresholdOf(grounds).threshold);
}

/** Bound to the figures and to the terms of the activation: another volume is asked for anew. */
async function heldBasisHash(knex: Knex, { id, activationId, mode, held }: Delivery): Promise<string> {
  const terms = await currentTermsHash(knex, await activations.get(knex, activationId));
  return hashOf({ delivery: id, mode, terms, volume: held?.volume ?? 0, before: held?.before ?? 0 });
}

export const deliveryApproval: ApprovableKind = {
  async currentBasisHash(_ground, knex, id) {
    const delivery = await deliveries.get(knex, id);
    if (delivery.status === 'awaiting_approval') return heldBasisHash(knex, delivery);
    throw new ServiceError('state_conflict', { detail: `The delivery is ${delivery.status} and waits for nobody.` });
  },
  async settle(ground, tx, { subjectId, outcome, by }) {
    await tx.trx('deliveries').where({ id: subjectId }).forUpdate().first();
    const delivery = await deliveries.get(tx.trx, subjectId);
    if (delivery.status !== 'awaiting_approval' || delivery.held === null) return;
    const at = instantOf(ground.clock);
    const subject = { kind: 'delivery', id: delivery.id };
    const detail = { activation: delivery.activationId };
    const told = { actor: by.actor, tenantId: delivery.tenantId, subject, detail };
    const { createdBy, input } = await askedFor(tx, delivery);
    if (outcome !== 'approved') {
      await tellSchedule(ground, tx, { input, because: `volume_${outcome}` });
      tx.alsoRecord({ ...told, event: 'delivery.refused', outcome: 'denied' });
      return deliveries.save(tx, { ...delivery, status: 'refused', phase: `volume_${outcome}`, finishedAt: at });
    }
    tx.alsoRecord({ ...told, event: 'delivery.let-on', outcome: 'succeeded' });
    const { audienceId } = await activations.get(tx.trx, delivery.activationId);
    const job = { kind: 'deliver', tenantId: delivery.tenantId, subject, turnId: audienceId, input, createdBy };
    const jobId = await insertJob(tx, job, at);
    const held = { ...delivery.held, approved: true };
    await deliveries.save(tx, { ...delivery, status: 'queued', phase: 'queued', held, jobId });
  },
};
