// The gate never lets an audience out that is below its bound, and its decisions cost what they are charged.
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certainCount, gateBound, gateCost, gateDraw, gateSensitivity } from './audience-gate.ts';
import { noiseSource, truncatedGaussian } from './noise.ts';
import { openLedger } from './privacy-budget.ts';
import { STRICT } from './privacy-terms.ts';

const SAMPLES = 200_000;

describe('a count that is told with bounded noise', () => {
  it('is never told to be more than it is', () => {
    const noise = noiseSource(seededBytes(1));
    const terms = fc.record({
      decisionSigma: fc.integer({ min: 10, max: 500 }),
      epsilon: fc.double({ min: 0.1, max: 10, noNaN: true }),
      delta: fc.double({ min: 1e-12, max: 1e-5, noNaN: true }),
    });
    fc.assert(
      fc.property(terms, fc.integer({ min: 0, max: 1_000_000 }), (of, count) => {
        expect(certainCount(gateDraw(count, of, noise), of)).toBeLessThanOrEqual(count);
      }),
    );
  });

  it('is let through nearly always once it is two bounds above, and in half of all cases one bound above', () => {
    const noise = noiseSource(seededBytes(2));
    const bound = Number(gateBound(STRICT));
    const passing = (count: number) => {
      const draws = Array.from({ length: 400 }, () => certainCount(gateDraw(count, STRICT, noise), STRICT));
      return draws.filter((drawn) => drawn >= 1_000).length / draws.length;
    };
    expect(passing(999)).toBe(0);
    expect(passing(1_000 + bound)).toBeGreaterThan(0.38);
    expect(passing(1_000 + bound)).toBeLessThan(0.64);
    expect(passing(1_000 + 2 * bound)).toBe(1);
  });
});

describe('truncated noise', () => {
  it('is the discrete Gaussian on condition that it lies within the bound', () => {
    const noise = noiseSource(seededBytes(3));
    const counts = new Map<number, number>();
    for (let drawn = 0; drawn < SAMPLES; drawn += 1) {
      const value = Number(truncatedGaussian(noise, { variance: { numerator: 9n, denominator: 1n }, bound: 4n }));
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
    expect([...counts.keys()].sort((one, other) => one - other)).toEqual(values);
    const weights = values.map((value) => Math.exp(-(value * value) / 18));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const statistic = values.reduce((sum, value, place) => {
      const expected = (SAMPLES * (weights[place] ?? 0)) / whole;
      return sum + ((counts.get(value) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // Chi-square with eight degrees of freedom at α = 1e-6.
    expect(statistic).toBeLessThan(42.7);
  });

  it('is refused without a bound', () => {
    const noise = noiseSource(seededBytes(4));
    expect(() => truncatedGaussian(noise, { variance: { numerator: 9n, denominator: 1n }, bound: 0n })).toThrow(
      RangeError,
    );
  });
});

describe('what a decision costs', () => {
  it.each([
    [{ types: 1, cardinality: 'one-to-one', sameMatch: true }, 2n],
    [{ types: 2, cardinality: 'one-to-one', sameMatch: true }, 2n],
    [{ types: 3, cardinality: 'one-to-one', sameMatch: true }, 3n],
    [{ types: 2, cardinality: 'many', sameMatch: true }, 3n],
    [{ types: 2, cardinality: 'one-to-one', sameMatch: false }, 5n],
  ] as const)('of %o follows from how far one person moves it', (of, expected) => {
    expect(gateSensitivity(of)).toBe(expected);
  });

  it('leaves a strict budget 83 decisions within a match, or 41 audiences with a difference to earlier ones', () => {
    const { budget } = openLedger(STRICT);
    const cost = gateCost(2n, STRICT);
    expect(budget / cost).toBe(83n);
    expect(budget / (2n * cost)).toBe(41n);
    expect(gateBound(STRICT)).toBe(215n);
  });

  it('cuts off no more than a tenth of δ over all decisions that a budget pays for', () => {
    const bound = Number(gateBound(STRICT));
    const draws = Number(openLedger(STRICT).budget / gateCost(1n, STRICT));
    let beyond = 0;
    let whole = 0;
    for (let z = -2_000; z <= 2_000; z += 1) {
      const weight = Math.exp(-(z * z) / (2 * STRICT.decisionSigma ** 2));
      whole += weight;
      if (Math.abs(z) > bound) beyond += weight;
    }
    expect((draws * (1 + Math.exp(STRICT.epsilon)) * beyond) / whole).toBeLessThan(STRICT.delta / 10);
  });
});

/** AES-256 in counter mode over zeros: uniform bytes that a test can draw again. */
function seededBytes(seed: number): (byteCount: number) => Uint8Array {
  const key = Buffer.alloc(32);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (byteCount) => cipher.update(Buffer.alloc(byteCount));
}
