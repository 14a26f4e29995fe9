// A clock that stands still until a test moves it.
import type { Clock } from '../clock.ts';

export class MovableClock implements Clock {
  #now: Date;

  constructor(instant: string) {
    this.#now = new Date(instant);
  }

  now(): Date {
    return new Date(this.#now);
  }

  moveTo(instant: string): void {
    this.#now = new Date(instant);
  }
}
