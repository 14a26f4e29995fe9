// An UpSet plot: a column for each part, the largest first, with its bar above and its sets as dots below.
import { scaleLinear } from 'd3-scale';
import { drawnSize, isWithheld } from './figure.ts';
import type { Part, SetOverlap } from './set-overlap.ts';

export interface UpSetColumn {
  readonly part: Part;
  readonly x: number;
  readonly barY: number;
  readonly barHeight: number;
  readonly isWithheld: boolean;
  readonly whisker: { readonly from: number; readonly to: number } | null;
  /** For each set, whether the part lies within. */
  readonly dots: readonly { readonly y: number; readonly isIn: boolean }[];
  /** The line through the dots that are in; null for a single one. */
  readonly link: { readonly from: number; readonly to: number } | null;
}

export interface UpSetLayout {
  readonly columns: readonly UpSetColumn[];
  readonly rows: readonly { readonly name: string; readonly y: number }[];
  readonly width: number;
  readonly height: number;
}

export const UPSET = { left: 110, columnWidth: 42, barWidth: 22, barsHeight: 180, top: 22, rowHeight: 30 } as const;

export function layOutUpSet(overlap: SetOverlap): UpSetLayout {
  const parts = [...overlap.parts].sort((one, other) => drawnSize(other.figure) - drawnSize(one.figure));
  const largest = Math.max(1, ...parts.map(({ figure }) => Math.max(drawnSize(figure), figure.interval?.high ?? 0)));
  const ground = UPSET.top + UPSET.barsHeight;
  const y = scaleLinear([0, largest], [ground, UPSET.top]);
  const rows = overlap.sets.map((name, row) => ({ name, y: ground + UPSET.rowHeight * (row + 0.8) }));
  const columns = parts.map((part, index): UpSetColumn => {
    const size = drawnSize(part.figure);
    const barY = size === 0 ? ground : Math.min(ground - 2, y(size));
    const dots = rows.map(({ name, y: at }) => ({ y: at, isIn: part.sets.includes(name) }));
    const filled = dots.filter(({ isIn }) => isIn);
    const { interval } = part.figure;
    return {
      part,
      x: UPSET.left + UPSET.columnWidth * (index + 0.5),
      barY,
      barHeight: ground - barY,
      isWithheld: isWithheld(part.figure),
      whisker: interval === null ? null : { from: y(Math.max(0, interval.low)), to: y(interval.high) },
      dots,
      link: filled.length < 2 ? null : { from: filled[0]!.y, to: filled.at(-1)!.y },
    };
  });
  return {
    columns,
    rows,
    width: UPSET.left + UPSET.columnWidth * parts.length,
    height: ground + UPSET.rowHeight * (rows.length + 0.6),
  };
}
