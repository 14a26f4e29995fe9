// Noise that is exact: discrete Laplace and discrete Gaussian over integers, never over floating point, whose rounding leaks.
// Algorithms 1 to 3 of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (arXiv 2004.00010).

/** Fills with cryptographically secure random bytes. */
export type RandomBytes = (byteCount: number) => Uint8Array;

/** A positive fraction; both parts are at least 1. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export interface NoiseSource {
  /** P(z) proportional to exp(-|z| / scale). */
  discreteLaplace(scale: Fraction): bigint;
  /** P(z) proportional to exp(-z² / (2 · variance)). */
  discreteGaussian(variance: Fraction): bigint;
}

/** The discrete Gaussian on condition that |z| is at most the bound: drawn again until it is, which is exact. */
export function truncatedGaussian(
  noise: Pick<NoiseSource, 'discreteGaussian'>,
  { variance, bound }: { variance: Fraction; bound: bigint },
): bigint {
  if (bound < 1n) throw new RangeError('Noise that is bounded by nothing is none.');
  for (;;) {
    const drawn = noise.discreteGaussian(variance);
    if (drawn <= bound && drawn >= -bound) return drawn;
  }
}

export function noiseSource(randomBytes: RandomBytes): NoiseSource {
  const uniform = uniformBelow(bitReader(randomBytes));
  return {
    discreteLaplace: (scale) => sampleLaplace(uniform, requirePositive(scale)),
    discreteGaussian: (variance) => sampleGaussian(uniform, requirePositive(variance)),
  };
}

/** A whole number from 0 to bound - 1, each equally likely. */
type Uniform = (bound: bigint) => bigint;

/** Algorithm 2: the magnitude is geometric, its sign fair, and "minus zero" is drawn again so that zero counts once. */
function sampleLaplace(uniform: Uniform, { numerator, denominator }: Fraction): bigint {
  for (;;) {
    const remainder = uniform(numerator);
    if (!bernoulliExp(uniform, remainder, numerator)) continue;
    let whole = 0n;
    while (bernoulliExp(uniform, 1n, 1n)) whole += 1n;
    const magnitude = (remainder + numerator * whole) / denominator;
    const negative = uniform(2n) === 1n;
    if (negative && magnitude === 0n) continue;
    return negative ? -magnitude : magnitude;
  }
}

/** Algorithm 3: a discrete Laplace of scale floor(σ) + 1, accepted with exp(-(|y| - σ²/t)² / (2σ²)). */
function sampleGaussian(uniform: Uniform, { numerator, denominator }: Fraction): bigint {
  const scale = squareRoot(numerator / denominator) + 1n;
  for (;;) {
    const candidate = sampleLaplace(uniform, { numerator: scale, denominator: 1n });
    const magnitude = candidate < 0n ? -candidate : candidate;
    const distance = magnitude * denominator * scale - numerator;
    if (bernoulliExp(uniform, distance * distance, 2n * numerator * denominator * scale * scale)) return candidate;
  }
}

/** Algorithm 1: true with probability exp(-numerator / denominator), exactly. */
function bernoulliExp(uniform: Uniform, numerator: bigint, denominator: bigint): boolean {
  for (let whole = numerator / denominator; whole > 0n; whole -= 1n) {
    if (!bernoulliExpAtMostOne(uniform, 1n, 1n)) return false;
  }
  return bernoulliExpAtMostOne(uniform, numerator % denominator, denominator);
}

/** The series of exp(-x) for x up to 1, drawn term by term: the first failure at an odd step means true. */
function bernoulliExpAtMostOne(uniform: Uniform, numerator: bigint, denominator: bigint): boolean {
  let step = 1n;
  while (uniform(denominator * step) < numerator) step += 1n;
  return step % 2n === 1n;
}

function uniformBelow(readBits: (bitCount: number) => bigint): Uniform {
  return (bound) => {
    if (bound === 1n) return 0n;
    const bitCount = (bound - 1n).toString(2).length;
    for (;;) {
      const drawn = readBits(bitCount);
      if (drawn < bound) return drawn;
    }
  };
}

const POOL_BYTES = 4096; // one call to the generator for many samples; what was read is never read again

function bitReader(randomBytes: RandomBytes): (bitCount: number) => bigint {
  let pool = new Uint8Array(0);
  let offset = 0;
  let bits = 0n;
  let available = 0;
  return (bitCount) => {
    while (available < bitCount) {
      if (offset === pool.length) {
        pool = Uint8Array.from(randomBytes(POOL_BYTES));
        offset = 0;
        if (pool.length !== POOL_BYTES) throw new RangeError('The random generator gave too few bytes.');
      }
      bits = (bits << 8n) | BigInt(pool[offset]!);
      pool[offset] = 0;
      offset += 1;
      available += 8;
    }
    available -= bitCount;
    const drawn = bits >> BigInt(available);
    bits &= (1n << BigInt(available)) - 1n;
    return drawn;
  };
}

/** The whole part of the square root. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let estimate = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (estimate + value / estimate) >> 1n;
    if (next >= estimate) return estimate;
    estimate = next;
  }
}

function requirePositive(fraction: Fraction): Fraction {
  if (fraction.numerator < 1n || fraction.denominator < 1n) {
    throw new RangeError('Noise needs a scale above zero: without it the true value would leave.');
  }
  return fraction;
}
