// How fast something goes and how long it will take, from its last few seconds: what came before a pause does not count.

export interface Pace {
  readonly perSecond: number;
  /** Undefined while nothing can be said. */
  readonly secondsLeft: number | undefined;
}

const WINDOW_MS = 5_000;

export class PaceMeter {
  readonly #seen: { atMs: number; done: number }[] = [];

  /** `done` only grows; instants come in order. */
  at(atMs: number, done: number, total: number): Pace {
    this.#seen.push({ atMs, done });
    while (this.#seen.length > 2 && atMs - this.#seen[0]!.atMs > WINDOW_MS) this.#seen.shift();
    const first = this.#seen[0]!;
    const elapsedMs = atMs - first.atMs;
    if (elapsedMs <= 0 || done <= first.done) return { perSecond: 0, secondsLeft: undefined };
    const perSecond = ((done - first.done) / elapsedMs) * 1000;
    return { perSecond, secondsLeft: Math.max(0, total - done) / perSecond };
  }
}
