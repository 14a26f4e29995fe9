// Circles for two or three sets whose areas, and the areas of what they have together, are as the figures are.
import { computeTextCentres, intersectionAreaPath, scaleSolution, venn } from '@upsetjs/venn.js';
import { drawnWithin, type SetOverlap } from './set-overlap.ts';

export interface Circle {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface Region {
  readonly sets: readonly string[];
  /** Where its figure is written; undefined where the drawing has no room for this region. */
  readonly centre: { readonly x: number; readonly y: number } | undefined;
  readonly path: string;
}

export interface VennLayout {
  readonly circles: readonly Circle[];
  readonly regions: readonly Region[];
}

const PADDING = 8;

export function layOutVenn(overlap: SetOverlap, size: { width: number; height: number }): VennLayout {
  const areas = overlap.parts.map(({ sets }) => ({ sets: [...sets], size: drawnWithin(overlap, sets) }));
  const placed = scaleSolution(venn(areas), size.width, size.height, PADDING);
  const centres = computeTextCentres(placed, areas) as Record<string, { x: number; y: number; disjoint?: boolean }>;
  const circles = overlap.sets.flatMap((name): Circle[] => {
    const circle = placed[name];
    return circle === undefined ? [] : [{ name, x: circle.x, y: circle.y, radius: circle.radius }];
  });
  const regions = overlap.parts.map(({ sets }): Region => {
    const centre = centres[sets.join(',')];
    const within = sets.flatMap((name) => placed[name] ?? []);
    return {
      sets,
      centre: centre === undefined || centre.disjoint ? undefined : { x: centre.x, y: centre.y },
      path: within.length > 0 ? intersectionAreaPath(within) : '',
    };
  });
  return { circles, regions };
}
