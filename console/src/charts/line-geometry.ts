// Where a line and the band of its intervals run. A withheld point is a gap: the line does not guess over it.
import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import { type Figure, isWithheld } from './figure.ts';

export interface LinePoint {
  readonly label: string;
  readonly figure: Figure;
}

export interface LineLayout {
  readonly line: string;
  readonly band: string;
  readonly dots: readonly {
    readonly x: number;
    readonly y: number;
    readonly label: string;
    readonly isWithheld: boolean;
  }[];
  readonly ticks: readonly { readonly value: number; readonly y: number }[];
}

export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function layOutLine(points: readonly LinePoint[], plot: Plot): LineLayout {
  const largest = Math.max(1, ...points.map(({ figure }) => Math.max(figure.value ?? 0, figure.interval?.high ?? 0)));
  const x = scalePoint(
    points.map(({ label }) => label),
    [plot.left, plot.right],
  ).padding(0.3);
  const y = scaleLinear([0, largest], [plot.bottom, plot.top]).nice(4);
  const across = (point: LinePoint): number => x(point.label) ?? plot.left;
  const known = (point: LinePoint): boolean => !isWithheld(point.figure);
  const path = line<LinePoint>(across, ({ figure }) => y(figure.value ?? 0)).defined(known);
  const band = area<LinePoint>()
    .x(across)
    .y0(({ figure }) => y(Math.max(0, figure.interval?.low ?? 0)))
    .y1(({ figure }) => y(figure.interval?.high ?? 0))
    .defined((point) => known(point) && point.figure.interval !== null);
  return {
    line: path([...points]) ?? '',
    band: band([...points]) ?? '',
    dots: points.map((point) => ({
      x: across(point),
      y: known(point) ? y(point.figure.value!) : plot.bottom,
      label: point.label,
      isWithheld: !known(point),
    })),
    ticks: y.ticks(4).map((value) => ({ value, y: y(value) })),
  };
}
