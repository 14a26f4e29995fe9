// Time as an argument: whatever reads the clock takes a Clock, so that tests decide what time it is.
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** RFC 3339, UTC, milliseconds: 24 characters, so instants sort as text. */
export function instantOf(clock: Clock): string {
  return clock.now().toISOString();
}

export function instantAfter(clock: Clock, durationMs: number): string {
  return new Date(clock.now().getTime() + durationMs).toISOString();
}
