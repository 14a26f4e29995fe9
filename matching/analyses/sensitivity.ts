// How far all cells of a metric move together when one contribution gains or loses a person: exact squares of distances.
// The proofs lean on how persons are linked (links.ts): a change walks along identifier types, never further.
import type { Rational } from './analysis.ts';

/** What one linked person adds at most: `perCell` in each of `cells` cells. */
export interface Contribution {
  readonly cells: number;
  readonly perCell: number;
}

const ONE: Contribution = { cells: 1, perCell: 1 };

/**
 * Of metrics that count linked persons alone. Losing a person unties its link; the other end may be tied by the next
 * weaker type, which may untie a link of a type weaker still. So of T types ceil(T/2) links go and floor(T/2) come.
 * Vectors without negative parts: the squared distance is at most that of those who go plus that of those who come.
 */
export function linkedSensitivity(types: number, each: Contribution = ONE): Rational {
  const [gone, come] = halves(types);
  return whole((gone * gone + come * come) * squareOf(each));
}

/** The same with one cell only, where those who come make up for those who go. */
export function linkedTotalSensitivity(types: number, perCell = 1): Rational {
  const [gone] = halves(types);
  return whole(gone * gone * squareOf({ cells: 1, perCell }));
}

/**
 * Of metrics that count those without a link too, in cells of their own: at the end of the walk a person becomes single or
 * ceases to be. Up to two types all changes lie in different cells; beyond, they are taken as if they met in one.
 */
export function everybodySensitivity(types: number, each: Contribution = ONE): Rational {
  const [gone, come] = halves(types + 1);
  return whole((types <= 2 ? BigInt(types) + 1n : gone * gone + come * come) * squareOf(each));
}

/**
 * Of an overlap. Of two contributions all links lie in one cell, where those who come make up for those who go; a change at
 * the end of the walk is one more cell.
 */
export function overlapSensitivity(types: number, contributions: number): Rational {
  return contributions === 2 ? whole(2n) : everybodySensitivity(types);
}

/** Of links told apart by the type that made them: the walk meets each type once. */
export function byTypeSensitivity(types: number): Rational {
  return whole(BigInt(types));
}

function halves(count: number): [bigint, bigint] {
  return [BigInt(Math.ceil(count / 2)), BigInt(Math.floor(count / 2))];
}

function squareOf({ cells, perCell }: Contribution): bigint {
  return BigInt(cells) * BigInt(perCell) ** 2n;
}

function whole(num: bigint): Rational {
  return { num, den: 1n };
}
