// Where the bars of a chart lie, with their intervals: pure, in pixels of the drawing.
import { scaleLinear } from 'd3-scale';
import { drawnSize, type Figure, isWithheld } from './figure.ts';

export interface Bar {
  readonly y: number;
  readonly height: number;
  readonly width: number;
  readonly isWithheld: boolean;
  /** From the left edge of the bars; null where there is no interval. */
  readonly whisker: { readonly from: number; readonly to: number } | null;
}

export interface BarLayout {
  readonly bars: readonly Bar[];
  readonly height: number;
  readonly ticks: readonly { readonly value: number; readonly x: number }[];
}

export const BAR_ROW_HEIGHT = 46;
const BAR_HEIGHT = 14;
const BAR_TOP = 24;
/** A bar that is drawn at all is seen. */
const LEAST_WIDTH = 2;

export function layOutBars(figures: readonly Figure[], width: number): BarLayout {
  const x = scaleLinear([0, Math.max(1, largestOf(figures))], [0, width]).nice(4);
  const bars = figures.map((figure, row): Bar => {
    const { interval } = figure;
    return {
      y: row * BAR_ROW_HEIGHT + BAR_TOP,
      height: BAR_HEIGHT,
      width: drawnSize(figure) === 0 ? 0 : Math.max(LEAST_WIDTH, x(drawnSize(figure))),
      isWithheld: isWithheld(figure),
      whisker: interval === null ? null : { from: x(Math.max(0, interval.low)), to: x(Math.max(0, interval.high)) },
    };
  });
  const ticks = x.ticks(Math.max(2, Math.floor(width / 120))).map((value) => ({ value, x: x(value) }));
  return { bars, height: figures.length * BAR_ROW_HEIGHT, ticks };
}

function largestOf(figures: readonly Figure[]): number {
  return Math.max(0, ...figures.map((figure) => Math.max(drawnSize(figure), figure.interval?.high ?? 0)));
}
