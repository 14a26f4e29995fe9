// Keeps a destination's pace over all of its deliveries, retries among them: one batch goes out at a time, each so long after the end of
// the one before, however many deliveries ask at once.
import type { Clock } from './clock.ts';

export class Pacer {
  #last: Promise<unknown> = Promise.resolve();
  #endedMs = Number.NEGATIVE_INFINITY;

  inTurn<T>(of: { minIntervalMs: number; clock: Clock; signal: AbortSignal }, work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#paced(of, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #paced<T>(
    { minIntervalMs, clock, signal }: { minIntervalMs: number; clock: Clock; signal: AbortSignal },
    work: () => Promise<T>,
  ): Promise<T> {
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
