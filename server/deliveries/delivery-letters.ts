// What a delivery keeps of rows that the platform did not take, and what it tells again of those of an earlier one.
import { type BatchLetter, rowsIn } from '../../connectors/kit/batch-letter.ts';
import { type DeliveryRequest, storedIdsOf } from '../../matching/distribute-delta.ts';
import { DEFAULTS } from '../../policies/limits.ts';
import { type RecordedDecision, release } from '../../policies/release.ts';
import type { Activation } from '../activations/activation.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { deadLetters, keepLetter, type LetterDraft, openLetter } from '../dead-letters/dead-letter.ts';
import { forgetRetried } from '../dead-letters/dead-letter-service.ts';
import { MAX_KEPT_IDS } from '../dead-letters/limits.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { Delivery } from './delivery.ts';
import type { Selection } from './selection.ts';
import { withoutWithheld } from './withheld-consent.ts';

export class LetterCollector {
  readonly #letters: { readonly letter: BatchLetter; readonly ids: readonly string[] }[] = [];
  #kept = 0;

  /** Past the bound the letter is kept without its ids: it can be looked at, and not retried by itself. */
  keep(letter: BatchLetter, ids: readonly string[]): void {
    const isRoom = this.#kept + ids.length <= MAX_KEPT_IDS;
    if (isRoom) this.#kept += ids.length;
    this.#letters.push({ letter, ids: isRoom ? ids : [] });
  }

  /** With the ids as the engine has them, sealed or composed where they went out opened. */
  async drafts(
    ground: WorkerGround,
    of: { request: Pick<DeliveryRequest, 'delivery' | 'open'>; recorded: RecordedDecision },
  ): Promise<LetterDraft[]> {
    if (this.#kept > 0) await ground.checkpoints.checkpointNow();
    const wanted = new Set(this.#letters.flatMap(({ ids }) => ids));
    const stored = wanted.size === 0 ? undefined : await storedIdsOf(ground.engine, of.request, wanted);
    const found = stored === undefined ? new Map<string, string[]>() : release(stored, of.recorded).value;
    return this.#letters.map(({ letter, ids }) => ({ ...letter, ids: ids.flatMap((id) => found.get(id) ?? []) }));
  }
}

export async function keepLetters(
  ground: WorkerGround,
  tx: AuditedTransaction,
  job: RunningJob,
  of: { delivery: Delivery; activation: Activation; selection: Selection; letters: readonly LetterDraft[] },
): Promise<void> {
  const { delivery, activation, selection, letters } = of;
  const { id: activationId, audienceId, destinationId } = activation;
  const where = { tenantId: delivery.tenantId, deliveryId: delivery.id, activationId, audienceId, destinationId };
  const shown = letters
    .map((draft) => (selection.gate === undefined ? draft : withoutRemovals(draft)))
    .filter(({ codes }) => Object.keys(codes).length > 0)
    .toSorted((one, other) => one.index - other.index);
  let next = 1;
  for (const draft of shown) {
    const firstRow = isRowByRow(draft, selection) ? next : null;
    if (firstRow !== null) next += rowsIn(draft.codes);
    await keepLetter(tx, ground, { ...where, draft, firstRow });
  }
  for (const letterId of retriedLetters(job)) await forgetRetried(tx, ground, letterId);
}

/** Whether each row counted is known to be one: named by the platform, or left out here. Out of a collaboration what was left out is coarse. */
function isRowByRow({ kind, places }: LetterDraft, { gate }: Selection): boolean {
  return places !== undefined || (kind === 'invalid_rows' && gate === undefined);
}

/** Out of a collaboration a batch's rows would tell how many were removed; what the platform rejected is in the report already. */
function withoutRemovals(draft: LetterDraft): LetterDraft {
  const coarse = (rows: number) => Math.ceil(rows / DEFAULTS.audienceDifference) * DEFAULTS.audienceDifference;
  if (draft.kind === 'rejected_rows') {
    const codes = withoutWithheld(draft.codes);
    return { ...draft, codes, rows: rowsIn(codes) };
  }
  const codes = Object.fromEntries(Object.entries(draft.codes).map(([code, rows]) => [code, coarse(rows)]));
  return { ...draft, codes, rows: coarse(draft.rows) };
}

/** Of the letters that the delivery retries; none where their ids were destroyed meanwhile. */
export async function doubtedIds(ground: WorkerGround, job: RunningJob): Promise<string[]> {
  const ids: string[] = [];
  for (const letterId of retriedLetters(job)) {
    const letter = await deadLetters.find(ground.db.knex, letterId, { tenant_id: job.tenantId });
    if (letter !== undefined) ids.push(...(await openLetter(ground, letter)));
  }
  return [...new Set(ids)];
}

/** `letterId` alone in jobs that were queued before several could be retried at once. */
function retriedLetters({ input }: RunningJob): string[] {
  const listed = Array.isArray(input.letterIds) ? input.letterIds.map(String) : [];
  return typeof input.letterId === 'string' ? [input.letterId, ...listed] : listed;
}
