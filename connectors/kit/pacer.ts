// Keeps a destination's pace over all of its deliveries, retries among them: one batch goes out at a time, each so long after the end of
// the one before, however many deliveries ask at once.
import type { Clock } from './clock.ts';

export interface Turn {
  /** After the end of the batch before. */
  readonly minIntervalMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Pace {
  inTurn<T>(turn: Turn, work: () => Promise<T>): Promise<T>;
}

/** Of one process. */
export class Pacer implements Pace {
  #last: Promise<unknown> = Promise.resolve();
  #endedMs = Number.NEGATIVE_INFINITY;

  inTurn<T>(of: Turn, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#paced(of, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #paced<T>({ minIntervalMs, clock, signal }: Turn, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const waitMs = this.#endedMs + minIntervalMs - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    try {
      return await work();
    } finally {
      this.#endedMs = clock.now();
    }
  }
}
