// The account of how much was revealed, in zero-concentrated differential privacy (zCDP), where costs simply add up.
// Costs are whole numbers of 10⁻¹² ρ, always rounded up, so that no number of answers slips under the budget.
import type { Fraction } from './noise.ts';

/** 10⁻¹² ρ. */
export type PicoRho = bigint;

const PICO = 1_000_000_000_000n;
const BISECTIONS = 200; // each halves the interval: far more than a double can tell apart

export interface Ledger {
  readonly budget: PicoRho;
  readonly spent: PicoRho;
}

export type Spending = { readonly ok: true; readonly ledger: Ledger } | { readonly ok: false; readonly left: PicoRho };

/** The account for a promise of (ε, δ). */
export function openLedger({ epsilon, delta }: { epsilon: number; delta: number }): Ledger {
  return { budget: BigInt(Math.floor(rhoOf({ epsilon, delta }) * Number(PICO))), spent: 0n };
}

/** Spends the whole cost or nothing. The caller stores the ledger, the answer and the audit event in one transaction before showing anything. */
export function spend(ledger: Ledger, cost: PicoRho): Spending {
  if (cost <= 0n) throw new RangeError('An answer that costs nothing is no answer.');
  const spent = ledger.spent + cost;
  if (spent > ledger.budget) return { ok: false, left: ledger.budget - ledger.spent };
  return { ok: true, ledger: { ...ledger, spent } };
}

/** The cost of a discrete Gaussian: Δ² / (2σ²), with Δ the L2 sensitivity. */
export function gaussianCost({
  squaredSensitivity,
  variance,
}: {
  squaredSensitivity: bigint;
  variance: Fraction;
}): PicoRho {
  if (squaredSensitivity < 1n || variance.numerator < 1n || variance.denominator < 1n) {
    throw new RangeError('Sensitivity and variance are above zero.');
  }
  const numerator = PICO * squaredSensitivity * variance.denominator;
  const denominator = 2n * variance.numerator;
  return (numerator + denominator - 1n) / denominator;
}

/** A person in at most `groups` groups who counts for at most `each` in any: Δ² = c² · m. */
export function squaredSensitivity({ groups, each }: { groups: bigint; each: bigint }): bigint {
  return each * each * groups;
}

/**
 * The least δ for which ρ-zCDP implies (ε, δ): the bound of Canonne, Kamath and Steinke (arXiv 2004.00010, section 2.3),
 * minimised over the order α of the Rényi divergence.
 */
export function deltaOf({ rho, epsilon }: { rho: number; epsilon: number }): number {
  if (!(rho >= 0 && epsilon >= 0)) throw new RangeError('ρ and ε are at least zero.');
  if (rho === 0) return 0;
  const slope = (alpha: number) => (2 * alpha - 1) * rho - epsilon + Math.log1p(-1 / alpha);
  const alpha = bisect({ low: 1.01, high: (epsilon + 1) / (2 * rho) + 2, isTooHigh: (each) => slope(each) >= 0 });
  const exponent = (alpha - 1) * (alpha * rho - epsilon) + alpha * Math.log1p(-1 / alpha);
  return Math.min(1, Math.exp(exponent) / (alpha - 1));
}

/** The greatest ρ whose (ε, δ) keeps the promise. */
export function rhoOf({ epsilon, delta }: { epsilon: number; delta: number }): number {
  if (!(epsilon >= 0 && delta > 0 && delta < 1)) throw new RangeError('ε is at least zero and δ between zero and one.');
  return bisect({ low: 0, high: epsilon + 1, isTooHigh: (rho) => deltaOf({ rho, epsilon }) > delta });
}

function bisect(search: { low: number; high: number; isTooHigh: (value: number) => boolean }): number {
  let { low, high } = search;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (search.isTooHigh(middle)) high = middle;
    else low = middle;
  }
  return low;
}
