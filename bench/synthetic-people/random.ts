// A seeded source of chance (xoshiro128**): one seed, one exchange, on every machine. Not for secrets.

export interface Chance {
  /** A fraction in [0, 1). */
  fraction(): number;
  /** An integer in [low, high], both included. */
  between(low: number, high: number): number;
  happens(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  digits(count: number): string;
  /** A Pareto amount: most are near `least`, a few are enormous. */
  heavyTail(least: number, shape: number): number;
}

export function seededChance(seed: number): Chance {
  const next = xoshiro128(seed);
  const fraction = () => next() / 4_294_967_296;
  const between = (low: number, high: number) => low + Math.floor(fraction() * (high - low + 1));
  return {
    fraction,
    between,
    happens: (probability) => fraction() < probability,
    pick: (items) => items[between(0, items.length - 1)]!,
    weighted: (items) => {
      let left = fraction() * items.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [item, weight] of items) {
        left -= weight;
        if (left < 0) return item;
      }
      return items.at(-1)![0];
    },
    digits: (count) => Array.from({ length: count }, () => between(0, 9)).join(''),
    heavyTail: (least, shape) => least / (1 - fraction()) ** (1 / shape),
  };
}

/** Blackman and Vigna's xoshiro128** 1.1, its state filled from the seed by SplitMix32. */
function xoshiro128(seed: number): () => number {
  const state = new Uint32Array(4);
  let mixed = seed >>> 0;
  for (let index = 0; index < 4; index += 1) {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    state[index] = z ^ (z >>> 16);
  }
  return () => {
    const [s0, s1, s2, s3] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    state[2] = s2 ^ s0;
    state[3] = s3 ^ s1;
    state[1] = s1 ^ state[2]!;
    state[0] = s0 ^ state[3]!;
    state[2] ^= shifted;
    state[3] = rotateLeft(state[3]!, 11);
    return result;
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
