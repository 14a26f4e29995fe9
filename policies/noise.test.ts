// The samplers follow their distributions exactly: a million samples each pass a chi-square test at α = 1e-6,
// and the same test notices a scale that is off by the factor 1.175.
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Fraction, noiseSource, type RandomBytes } from './noise.ts';

const SAMPLES = 1_000_000;
const NORMAL_QUANTILE = 4.753424; // of 1 - 1e-6
const TIMEOUT_MS = 180_000;

describe('discrete Laplace', () => {
  it.each<[string, number, Fraction]>([
    ['3', 3, { numerator: 3n, denominator: 1n }],
    ['5/2', 2.5, { numerator: 5n, denominator: 2n }],
  ])(
    'of scale %s',
    (_name, scale, fraction) => {
      const counts = histogram((noise) => noise.discreteLaplace(fraction));
      expect(fits(counts, laplaceMass(scale))).toBe(true);
      expect(fits(counts, laplaceMass(scale * 1.175))).toBe(false);
      expect(fits(counts, laplaceMass(scale / 1.175))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('discrete Gaussian', () => {
  it.each<[string, number, Fraction]>([
    ['16', 16, { numerator: 16n, denominator: 1n }],
    ['5/2', 2.5, { numerator: 5n, denominator: 2n }],
    ['1/3', 1 / 3, { numerator: 1n, denominator: 3n }],
  ])(
    'of variance %s',
    (_name, variance, fraction) => {
      const counts = histogram((noise) => noise.discreteGaussian(fraction));
      expect(fits(counts, gaussianMass(variance))).toBe(true);
      expect(fits(counts, gaussianMass(variance * 1.175 ** 2))).toBe(false);
      expect(fits(counts, gaussianMass(variance / 1.175 ** 2))).toBe(false);
    },
    TIMEOUT_MS,
  );
});

describe('the samplers', () => {
  it.each<[bigint, bigint]>([
    [0n, 1n],
    [-1n, 1n],
    [1n, 0n],
  ])('refuse a scale of %d/%d', (numerator, denominator) => {
    const noise = noiseSource(seededBytes(1));
    expect(() => noise.discreteLaplace({ numerator, denominator })).toThrow(RangeError);
    expect(() => noise.discreteGaussian({ numerator, denominator })).toThrow(RangeError);
  });

  it('refuse a generator that runs short', () => {
    expect(() => noiseSource(() => new Uint8Array(3)).discreteLaplace({ numerator: 3n, denominator: 1n })).toThrow(
      'too few',
    );
  });

  it('draw the same from the same bytes, and differently from others', () => {
    const draw = (seed: number) => {
      const noise = noiseSource(seededBytes(seed));
      return Array.from({ length: 50 }, () => noise.discreteGaussian({ numerator: 2500n, denominator: 1n }));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});

function histogram(draw: (noise: ReturnType<typeof noiseSource>) => bigint): Map<number, number> {
  const noise = noiseSource(seededBytes(20_260));
  const counts = new Map<number, number>();
  for (let index = 0; index < SAMPLES; index++) {
    const value = Number(draw(noise));
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Pearson's chi-square over all values expected at least 20 times and the rest as one cell; the bound is Wilson and Hilferty's. */
function fits(counts: Map<number, number>, mass: (value: number) => number): boolean {
  let statistic = 0;
  let cells = 0;
  let restObserved = SAMPLES;
  let restExpected = SAMPLES;
  for (let value = -400; value <= 400; value++) {
    const expected = SAMPLES * mass(value);
    if (expected < 20) continue;
    const observed = counts.get(value) ?? 0;
    statistic += (observed - expected) ** 2 / expected;
    restObserved -= observed;
    restExpected -= expected;
    cells += 1;
  }
  statistic += (restObserved - restExpected) ** 2 / Math.max(restExpected, 20);
  const part = 2 / (9 * cells);
  return statistic <= cells * (1 - part + NORMAL_QUANTILE * Math.sqrt(part)) ** 3;
}

function laplaceMass(scale: number): (value: number) => number {
  const ratio = Math.exp(-1 / scale);
  return (value) => ((1 - ratio) / (1 + ratio)) * ratio ** Math.abs(value);
}

function gaussianMass(variance: number): (value: number) => number {
  const weight = (value: number) => Math.exp(-(value * value) / (2 * variance));
  let total = 0;
  for (let value = -400; value <= 400; value++) total += weight(value);
  return (value) => weight(value) / total;
}

/** AES-256 in counter mode over zeros: uniform bytes that a test can draw again. */
function seededBytes(seed: number): RandomBytes {
  const key = Buffer.alloc(32);
  key.writeUInt32BE(seed);
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (byteCount) => cipher.update(Buffer.alloc(byteCount));
}
