// How often an attacker may be right at most, given what the service charged. And how far chance may carry a measured rate.
import { deltaOf } from '../../policies/privacy-budget.ts';

const PICO = 1e12;
const STEPS = 400;
/** Beyond this ε the bound is one in every decimal that is printed. */
const GREATEST_EPSILON = 12;

/**
 * A fair coin decides between two neighbouring worlds; whoever guesses it from (ε, δ)-private answers is right with a probability
 * of at most (e^ε + δ) / (1 + e^ε). Answers that cost ρ in all are (ε, δ(ε))-private for every ε at once, with δ(ε) as the
 * service's own ledger converts; so the least of these bounds holds.
 */
export function guessingBound(picoRho: number): number {
  const rho = picoRho / PICO;
  let least = 1;
  for (let step = 0; step <= STEPS; step += 1) {
    // Small ε matter most: steps grow with the square.
    const epsilon = GREATEST_EPSILON * (step / STEPS) ** 2;
    least = Math.min(least, boundOf({ epsilon, delta: deltaOf({ rho, epsilon }) }));
  }
  return least;
}

export function boundOf({ epsilon, delta }: { epsilon: number; delta: number }): number {
  return Math.min(1, (Math.exp(epsilon) + delta) / (1 + Math.exp(epsilon)));
}

/**
 * The chance of at least so many right guesses in so many trials, were each right with the given probability. An attack wins
 * when that is too small to be luck.
 */
export function luck({ right, trials, probability }: { right: number; trials: number; probability: number }): number {
  if (probability >= 1) return 1;
  let sum = 0;
  let logChoose = 0;
  for (let count = 0; count <= trials; count += 1) {
    if (count > 0) logChoose += Math.log(trials - count + 1) - Math.log(count);
    if (count < right) continue;
    sum += Math.exp(logChoose + count * Math.log(probability) + (trials - count) * Math.log1p(-probability));
  }
  return Math.min(1, sum);
}
