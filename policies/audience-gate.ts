// Whether an audience is large enough, and different enough from earlier ones, is told with noise and paid for like a figure. The noise
// is cut off at a bound and the count lowered by it, so that an audience below its bound is never let out, by no draw.
import type { Fraction, NoiseSource } from './noise.ts';
import { truncatedGaussian } from './noise.ts';
import { gaussianCost, openLedger, type PicoRho } from './privacy-budget.ts';
import type { PrivacyTerms } from './privacy-terms.ts';

type GateTerms = Pick<PrivacyTerms, 'decisionSigma' | 'epsilon' | 'delta'>;

/** By how many persons one person more in a contribution moves a count at most (Δ). */
export interface GateSensitivity {
  readonly types: number;
  readonly cardinality: 'one-to-one' | 'many';
  /** False for a difference to an audience of another match, in which one person more shifts other pairs. */
  readonly sameMatch: boolean;
}

/** The share of δ that may go to draws which the bound cuts off. */
const SHARE_OF_DELTA = 0.1;

/**
 * Of persons who stand alone (`matching/audience-gate.ts`): the links of one match move by half the types, of two matches by
 * all of both; and one activation id more makes one person stand alone no more. The proof is in docs/privacy.md.
 */
export function gateSensitivity({ types, cardinality, sameMatch }: GateSensitivity): bigint {
  if (!sameMatch) return BigInt(2 * types + 1);
  return BigInt((cardinality === 'many' ? types : Math.ceil(types / 2)) + 1);
}

export function gateCost(sensitivity: bigint, terms: GateTerms): PicoRho {
  return gaussianCost({ squaredSensitivity: sensitivity * sensitivity, variance: varianceOf(terms) });
}

/**
 * The bound B: so many draws as a budget can pay lie beyond it with a probability that, times 1 + e^ε, is a tenth of δ at most.
 * P(|z| > B) ≤ 2·exp(−B²/2σ²) for the discrete Gaussian as for the continuous one.
 */
export function gateBound(terms: GateTerms): bigint {
  const draws = Math.max(1, Number(openLedger(terms).budget / gateCost(1n, terms)));
  const mass = (SHARE_OF_DELTA * terms.delta) / (draws * (1 + Math.exp(terms.epsilon)));
  return BigInt(Math.ceil(terms.decisionSigma * Math.sqrt(2 * Math.log(2 / mass))));
}

/** The count with its noise. To be drawn once for each debit; it is kept and compared again at no cost. */
export function gateDraw(count: number, terms: GateTerms, noise: Pick<NoiseSource, 'discreteGaussian'>): number {
  return count + Number(truncatedGaussian(noise, { variance: varianceOf(terms), bound: gateBound(terms) }));
}

/** What is compared with a bound: never more than the true count. */
export function certainCount(drawn: number, terms: GateTerms): number {
  return drawn - Number(gateBound(terms));
}

function varianceOf({ decisionSigma }: GateTerms): Fraction {
  return { numerator: BigInt(decisionSigma) ** 2n, denominator: 1n };
}
