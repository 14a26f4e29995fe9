// The budget's figures are those that are published, and no series of answers costs more than was promised.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deltaOf, gaussianCost, openLedger, rhoOf, spend, squaredSensitivity } from './privacy-budget.ts';

const oneCount = gaussianCost({
  squaredSensitivity: squaredSensitivity({ groups: 1n, each: 1n }),
  variance: { numerator: 2500n, denominator: 1n },
});

describe('ρ and (ε, δ)', () => {
  // Pinned figures of the conversion by the authors' reference program.
  it.each([
    [0.1, 1, 0.008933245771818366],
    [0.5, 3, 0.005143184063862147],
    [0.02, 0.5, 0.0015410333149332683],
  ])('ρ = %d at ε = %d needs δ = %d', (rho, epsilon, delta) => {
    expect(deltaOf({ rho, epsilon }) / delta).toBeCloseTo(1, 12);
  });

  it.each([
    [1, 0.02436],
    [2, 0.08815],
    [3, 0.18507],
    [5, 0.46306],
    [10, 1.53928],
  ])('ε = %d at δ = 1e-6 affords ρ = %d', (epsilon, rho) => {
    expect(rhoOf({ epsilon, delta: 1e-6 })).toBeCloseTo(rho, 5);
  });

  it('convert there and back without promising more', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), fc.integer({ min: 3, max: 12 }), (epsilon, digits) => {
        const delta = 10 ** -digits;
        const rho = rhoOf({ epsilon, delta });
        expect(deltaOf({ rho, epsilon })).toBeLessThanOrEqual(delta);
        expect(deltaOf({ rho: rho * 1.001, epsilon })).toBeGreaterThan(delta);
      }),
    );
  });

  it.each([
    [Number.NaN, 1e-6],
    [-1, 1e-6],
    [1, 0],
    [1, 1],
  ])('refuse ε = %d with δ = %d', (epsilon, delta) => {
    expect(() => rhoOf({ epsilon, delta })).toThrow(RangeError);
  });
});

describe('the ledger', () => {
  it('affords 925 counts of σ = 50 at (3, 1e-6), and not one more', () => {
    let ledger = openLedger({ epsilon: 3, delta: 1e-6 });
    let answers = 0;
    for (;;) {
      const spending = spend(ledger, oneCount);
      if (!spending.ok) break;
      ledger = spending.ledger;
      answers += 1;
    }
    expect(answers).toBe(925);
  });

  it('never spends more than the budget, and a refusal spends nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 10n ** 11n })), (costs) => {
        let ledger = openLedger({ epsilon: 3, delta: 1e-6 });
        for (const cost of costs) {
          const spending = spend(ledger, cost);
          if (spending.ok) ledger = spending.ledger;
          else expect(spending.left).toBe(ledger.budget - ledger.spent);
          expect(ledger.spent <= ledger.budget).toBe(true);
        }
      }),
    );
  });

  it('rounds costs up', () => {
    const third = gaussianCost({ squaredSensitivity: 2n, variance: { numerator: 3n, denominator: 1n } });
    expect(third).toBe(333_333_333_334n);
  });

  it('charges a person who counts in four groups four times as much', () => {
    expect(squaredSensitivity({ groups: 4n, each: 1n })).toBe(4n);
    expect(squaredSensitivity({ groups: 4n, each: 3n })).toBe(36n);
  });

  it('gives nothing for free', () => {
    expect(() => spend({ budget: 10n, spent: 0n }, 0n)).toThrow(RangeError);
    expect(() => spend({ budget: 10n, spent: 0n }, -1n)).toThrow(RangeError);
    expect(() => gaussianCost({ squaredSensitivity: 0n, variance: { numerator: 1n, denominator: 1n } })).toThrow(
      RangeError,
    );
  });
});
