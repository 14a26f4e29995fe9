// Who is in exactly which of several sets, as an overlap answers it, and what a drawing needs of it.
import type { ResultMetric } from '../../../openapi/generated/api.ts';
import { drawnSize, type Figure, figureOfCell } from './figure.ts';

/** Persons who are in all of these sets and in no other. */
export interface Part {
  readonly sets: readonly string[];
  readonly figure: Figure;
}

export interface SetOverlap {
  readonly sets: readonly string[];
  readonly parts: readonly Part[];
}

export function overlapOfMetric({ cells }: Pick<ResultMetric, 'cells'>): SetOverlap {
  const sets = Object.keys(cells[0]?.key ?? {});
  const parts = cells.map((cell) => ({
    sets: sets.filter((name) => cell.key[name] === 'yes'),
    figure: figureOfCell(cell),
  }));
  return { sets, parts };
}

/** What is drawn for the persons in all of these sets, whoever else has them. */
export function drawnWithin(overlap: SetOverlap, sets: readonly string[]): number {
  return overlap.parts
    .filter((part) => sets.every((name) => part.sets.includes(name)))
    .reduce((sum, { figure }) => sum + drawnSize(figure), 0);
}
