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
    const drafts: LetterDraft[] = [];
    if (this.#kept > 0) await ground.checkpoints.checkpointNow();
    for (const { letter, ids } of this.#letters) {
      const { kind, codes, rows } = letter;
      const stored = ids.length === 0 ? undefined : await storedIdsOf(ground.engine, of.request, new Set(ids));
      drafts.push({ kind, codes, rows, ids: stored === undefined ? [] : release(stored, of.recorded).value });
    }
    return drafts;
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
  for (const draft of letters) {
    const shown = selection.gate === undefined ? draft : withoutRemovals(draft);
    if (Object.keys(shown.codes).length > 0) await keepLetter(tx, ground, { ...where, draft: shown });
  }
  if (typeof job.input.letterId === 'string') await forgetRetried(tx, ground, job.input.letterId);
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

/** Of the letter that the delivery retries; none where its ids were destroyed meanwhile. */
export async function doubtedIds(ground: WorkerGround, job: RunningJob): Promise<string[]> {
  const { letterId } = job.input;
  if (typeof letterId !== 'string') return [];
  const letter = await deadLetters.find(ground.db.knex, letterId, { tenant_id: job.tenantId });
  return letter === undefined ? [] : openLetter(ground, letter);
}
