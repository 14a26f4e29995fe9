// Finds the ids of rows that a platform did not take again, by cutting the same changes into the same batches: they were kept nowhere
// while they were sent, and go to nobody but the keeper of letters.
import type { ActivationChange } from './activation-change.ts';
import type { BatchLetter } from './batch-letter.ts';
import { type Batch, type BatchRules, batchChanges, rowCount } from './batches.ts';
import { DeliveryError } from './errors.ts';
import type { DeliveryProgress } from './progress.ts';

interface Ended {
  readonly ended: DeliveryProgress;
  readonly rules: BatchRules;
  /** The changes as they were sent; where an operator stands before the platform, by asking it once more. */
  cutAgain(): AsyncIterable<readonly ActivationChange[]>;
  keepLetter(letter: BatchLetter, ids: readonly string[]): void;
}

export async function keepLetters({ ended, rules, cutAgain, keepLetter }: Ended): Promise<void> {
  const letters = ended.letters ?? [];
  if (letters.length === 0 && ended.failure === null) return;
  const rejected = letters.filter(({ kind }) => kind === 'rejected_rows');
  const found = new Set<BatchLetter>();
  let unsent = 0;
  const isFailed = (index: number) => letters.some((one) => one.kind === 'failed_batch' && one.index === index);
  const sender = new Sender();
  try {
    for await (const batch of batchChanges(sender.noted(cutAgain()), rules)) {
      if (batch.index >= ended.batchesSent && !isFailed(batch.index)) unsent += rowCount(batch);
      const about = rejected.filter(
        ({ index, sha256 = batch.sha256 }) => index === batch.index && sha256 === batch.sha256,
      );
      for (const [letter, ids] of idsOf(batch, about)) {
        found.add(letter);
        keepLetter(
          letter,
          ids.map((id) => sender.originOf(id)),
        );
      }
      sender.forget(batch);
    }
  } catch (error) {
    // An operator that does not answer now has been asked for the sending already: the counts stay, the ids are not found.
    if (!(error instanceof DeliveryError)) throw error;
  }
  for (const letter of letters) if (!found.has(letter)) keepLetter(letter, []);
  if (unsent === 0) return;
  const codes = { [ended.failure?.code ?? 'not_sent']: unsent };
  keepLetter({ kind: 'not_sent', index: ended.batchesSent, codes, rows: unsent }, []);
}

/** Of named rows those alone; where the platform only counts, all others of the batch. */
function idsOf(batch: Batch, letters: readonly BatchLetter[]): Map<BatchLetter, string[]> {
  const ids = new Map<BatchLetter, string[]>(letters.map((letter) => [letter, []]));
  if (letters.length === 0) return ids;
  const named = new Map(letters.flatMap((letter) => (letter.places ?? []).map((place) => [place, letter] as const)));
  const unnamed = letters.filter(({ places }) => places === undefined);
  let place = 0;
  batch.forEach((id) => {
    const letter = named.get(place++);
    if (letter !== undefined) ids.get(letter)?.push(id);
    else for (const one of unnamed) ids.get(one)?.push(id);
  });
  return ids;
}

/** Remembers whom an operator's ids stand for, as long as their batch is open. */
class Sender {
  readonly #origins = new Map<string, string>();

  async *noted(changes: AsyncIterable<readonly ActivationChange[]>): AsyncGenerator<readonly ActivationChange[]> {
    for await (const part of changes) {
      for (const { id, origin } of part) if (origin !== undefined) this.#origins.set(id, origin);
      yield part;
    }
  }

  originOf(id: string): string {
    return this.#origins.get(id) ?? id;
  }

  forget(batch: Batch): void {
    if (this.#origins.size > 0) batch.forEach((id) => void this.#origins.delete(id));
  }
}
