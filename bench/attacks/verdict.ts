// What became of an attack: its success beside the bound and beside its success where nothing protects, and whether that passes.
import type { Trial } from './attack.ts';
import { guessingBound, luck } from './bound.ts';

export interface Outcome {
  readonly attack: string;
  readonly trials: number;
  /** The share of right guesses against the service. */
  readonly success: number;
  /** What the charged budget allows. */
  readonly bound: number;
  /** The share of right guesses of the same attack against the control. */
  readonly control: number;
}

/** Rarer than this is no sampling error any more: one in a thousand over a suite of some thirty attacks. */
const LUCK = 1e-3 / 30;
/** An attack that does not win where nothing protects has no power, and that it fails says nothing. */
export const NEEDED_CONTROL = 0.9;

export function outcomeOf(attack: string, against: { service: readonly Trial[]; control: readonly Trial[] }): Outcome {
  const { service, control } = against;
  // Each trial is held to the most that any of them was charged.
  const picoRho = service.reduce((most, trial) => Math.max(most, trial.picoRho), 0);
  return {
    attack,
    trials: service.length,
    success: shareRight(service),
    bound: rounded(guessingBound(picoRho)),
    control: shareRight(control),
  };
}

/** What is wrong with an outcome; nothing for an attack that had power and failed. */
export function faultsOf({ trials, success, bound, control }: Outcome): string[] {
  const right = Math.round(success * trials);
  return [
    ...(control < NEEDED_CONTROL ? ['no power: it does not win against the control either'] : []),
    ...(luck({ right, trials, probability: bound }) < LUCK ? ['wins: more right guesses than the bound allows'] : []),
  ];
}

function shareRight(trials: readonly Trial[]): number {
  return rounded(trials.filter(({ isCustomer, guess }) => isCustomer === guess).length / Math.max(1, trials.length));
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
