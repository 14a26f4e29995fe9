// Where a batch stands in the platform's upload sessions: additions and removals each have one, numbered without gaps, whose
// last batch is known by looking one batch ahead. Counted anew on every attempt, so that a resumed delivery numbers alike.
import { type Batch, rowCount } from './batches.ts';

export interface SessionPlace {
  /** From 0. Another one begins only when removals come again after their session was closed. */
  readonly session: number;
  /** From 1. */
  readonly sequence: number;
  readonly isLast: boolean;
}
export interface BatchPlace {
  readonly added: SessionPlace | undefined;
  readonly removed: SessionPlace | undefined;
}

export async function* placed(
  batches: AsyncIterable<Batch>,
  looksAhead: boolean,
): AsyncGenerator<{ batch: Batch; place: BatchPlace | undefined }> {
  const counts = { added: new SessionCount(), removed: new SessionCount() };
  const placeOf = (batch: Batch, next: Batch | undefined): BatchPlace | undefined =>
    rowCount(batch) === 0
      ? undefined
      : {
          added: batch.added > 0 ? counts.added.place(next === undefined) : undefined,
          // Removals come first in a delivery: a batch without them ends their session.
          removed: batch.removed > 0 ? counts.removed.place((next?.removed ?? 0) === 0) : undefined,
        };
  let held: Batch[] = [];
  for await (const batch of batches) {
    if (!looksAhead) {
      yield { batch, place: undefined };
      continue;
    }
    // Batches without a row to send are nobody's successor.
    if (rowCount(batch) > 0) {
      for (const one of held) yield { batch: one, place: placeOf(one, batch) };
      held = [];
    }
    held.push(batch);
  }
  for (const one of held) yield { batch: one, place: placeOf(one, undefined) };
}

class SessionCount {
  #session = 0;
  #sequence = 0;
  #closed = false;

  place(isLast: boolean): SessionPlace {
    if (this.#closed) {
      this.#session++;
      this.#sequence = 0;
    }
    this.#sequence++;
    this.#closed = isLast;
    return { session: this.#session, sequence: this.#sequence, isLast };
  }
}
