// What passes and what does not: the suite must fail for an attack that wins, and for one that could not have won.
import { describe, expect, test } from 'vitest';
import { rhoOf } from '../../policies/privacy-budget.ts';
import type { Trial } from './attack.ts';
import { boundOf, guessingBound, luck } from './bound.ts';
import { faultsOf, outcomeOf } from './verdict.ts';

describe('the bound', () => {
  test('is that of a fair coin under the promise of the terms', () => {
    expect(boundOf({ epsilon: 3, delta: 1e-6 })).toBeCloseTo((Math.exp(3) + 1e-6) / (1 + Math.exp(3)), 12);
    expect(boundOf({ epsilon: 0, delta: 0 })).toBe(0.5);
  });

  test('is never laxer than the terms that the spent budget stands for', () => {
    for (const epsilon of [0.2, 1, 3]) {
      const picoRho = rhoOf({ epsilon, delta: 1e-6 }) * 1e12;
      expect(guessingBound(picoRho)).toBeLessThanOrEqual(boundOf({ epsilon, delta: 1e-6 }));
    }
  });

  test('is not below what the best guess from a Gaussian of that cost achieves', () => {
    // Φ(μ/2) with μ = √(2ρ); Φ(0.01) and Φ(0.304).
    expect(guessingBound(2e8)).toBeGreaterThan(0.50399);
    expect(guessingBound(1.8507e11)).toBeGreaterThan(0.6194);
  });

  test('grows with what was charged, and without a charge is a coin', () => {
    const bounds = [0, 1e8, 1e9, 1e10, 1e11, 1e12].map(guessingBound);
    expect(bounds[0]).toBe(0.5);
    expect(bounds).toEqual([...bounds].sort((one, other) => one - other));
  });
});

describe('luck', () => {
  test('is the tail of the binomial distribution', () => {
    expect(luck({ right: 3, trials: 3, probability: 0.5 })).toBeCloseTo(0.125, 12);
    expect(luck({ right: 2, trials: 3, probability: 0.5 })).toBeCloseTo(0.5, 12);
    expect(luck({ right: 0, trials: 9, probability: 0.3 })).toBeCloseTo(1, 12);
    expect(luck({ right: 200, trials: 200, probability: 1 })).toBe(1);
  });
});

describe('an attack', () => {
  const trialsWith = (right: number, all: number): Trial[] =>
    Array.from({ length: all }, (_, n) => ({ isCustomer: true, guess: n < right, picoRho: 2e8 }));
  const faults = (right: number, controlRight: number) =>
    faultsOf(outcomeOf('one', { service: trialsWith(right, 200), control: trialsWith(controlRight, 50) }));

  test('that guesses as a coin does and wins against the control passes', () => {
    expect(faults(104, 50)).toEqual([]);
  });

  test('that wins fails the suite', () => {
    expect(faults(150, 50)).toHaveLength(1);
  });

  test('that does not win against the control fails the suite, whatever else', () => {
    expect(faults(100, 44)).toEqual(['no power: it does not win against the control either']);
  });

  test('is held to the trial that was charged most', () => {
    const service = [...trialsWith(3, 5), { isCustomer: true, guess: true, picoRho: 1e11 }];
    expect(outcomeOf('one', { service, control: [] }).bound).toBeCloseTo(guessingBound(1e11), 4);
  });
});
