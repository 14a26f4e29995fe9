// The geometry of the charts, and how a figure is told: a withheld one is "fewer than", is drawn as large as it may be, and is never 0.
import { beforeAll, describe, expect, test } from 'vitest';
import { en } from '../i18n/en.ts';
import { showCatalogue } from '../i18n/i18n.ts';
import { layOutBars } from './bar-geometry.ts';
import {
  drawnSize,
  exactFigure,
  type Figure,
  figureOfCell,
  figureOfCount,
  figureText,
  intervalText,
} from './figure.ts';
import { layOutLine } from './line-geometry.ts';
import { drawnWithin, overlapOfMetric } from './set-overlap.ts';
import { partLabel } from './set-words.ts';
import { layOutUpSet, UPSET } from './upset-geometry.ts';
import { layOutVenn } from './venn-geometry.ts';
import { layOutWaterfall, type Step } from './waterfall-geometry.ts';

beforeAll(() => showCatalogue(en, 'en'));

const WITHHELD: Figure = { value: null, fewerThan: 50, interval: null };
const noised = (value: number, halfWidth = 100): Figure => ({
  value,
  fewerThan: null,
  interval: { low: value - halfWidth, high: value + halfWidth },
});

describe('a figure', () => {
  test('that is withheld reads "fewer than 50" wherever it comes from', () => {
    expect(figureText(figureOfCell({ value: null, fewer_than: 50, interval: null }))).toBe('fewer than 50');
    expect(figureText(figureOfCount({ fewer_than: 50 }))).toBe('fewer than 50');
    expect(drawnSize(WITHHELD)).toBe(50);
  });

  test('that is shown reads as a number with its interval', () => {
    expect(figureText(figureOfCount({ value: 5910 }))).toBe('5,910');
    expect(intervalText(noised(5910))).toBe('between 5,810 and 6,010');
    expect(intervalText(exactFigure(0))).toBe('');
    expect(figureText(exactFigure(0))).toBe('0');
  });
});

describe('bars', () => {
  test('keep proportion, and whiskers reach from the low to the high end', () => {
    const { bars, height } = layOutBars([noised(1000), noised(500), WITHHELD], 600);
    expect(bars[0]!.width / bars[1]!.width).toBeCloseTo(2);
    expect(bars[0]!.whisker!.from).toBeLessThan(bars[0]!.width);
    expect(bars[0]!.whisker!.to).toBeGreaterThan(bars[0]!.width);
    expect(bars[2]).toMatchObject({ isWithheld: true, whisker: null });
    expect(bars[2]!.width).toBeGreaterThan(0);
    expect(bars.every(({ y, height: tall }) => y + tall <= height)).toBe(true);
  });

  test('stay within the drawing whatever the interval is', () => {
    const { bars } = layOutBars([{ value: 10, fewerThan: null, interval: { low: -90, high: 110 } }], 300);
    expect(bars[0]!.whisker!.from).toBe(0);
    expect(bars[0]!.whisker!.to).toBeLessThanOrEqual(300);
  });

  test('of nothing are nothing', () => {
    expect(layOutBars([], 300).bars).toEqual([]);
    expect(layOutBars([exactFigure(0)], 300).bars[0]!.width).toBe(0);
  });
});

describe('a waterfall', () => {
  const steps: Step[] = [
    { label: 'received', kind: 'level', figure: exactFigure(1000) },
    { label: 'rejected', kind: 'loss', figure: exactFigure(1) },
    { label: 'accepted', kind: 'level', figure: exactFigure(999) },
    { label: 'persons', kind: 'level', figure: exactFigure(900), isNewUnit: true },
    { label: 'delivered', kind: 'level', figure: WITHHELD },
  ];

  test('draws a loss where the level above ended, and sees it however small', () => {
    const boxes = layOutWaterfall(steps, 500);
    expect(boxes[1]!.x + boxes[1]!.width).toBeCloseTo(500);
    expect(boxes[1]!.width).toBeGreaterThanOrEqual(2);
    expect(boxes[2]!.width).toBeCloseTo(499.5);
  });

  test('falls from level to level, but not over a change of what is counted', () => {
    const boxes = layOutWaterfall(steps, 500);
    expect(boxes.map(({ fall }) => fall !== null)).toEqual([false, true, true, false, true]);
    expect(boxes[4]!.fall!.toY).toBe(boxes[4]!.y);
    expect(boxes[4]!.width).toBeCloseTo(25);
  });
});

describe('a line', () => {
  test('leaves a gap at what is withheld', () => {
    const points = [noised(300), WITHHELD, noised(200)].map((figure, index) => ({ label: `${index + 1}`, figure }));
    const layout = layOutLine(points, { left: 50, right: 500, top: 10, bottom: 200 });
    expect(layout.line.match(/M/g)).toHaveLength(2);
    expect(layout.dots.map(({ isWithheld }) => isWithheld)).toEqual([false, true, false]);
    expect(layout.dots[1]!.y).toBe(200);
    expect(layout.dots[0]!.y).toBeLessThan(layout.dots[2]!.y);
    expect(layout.band).not.toBe('');
  });
});

const cell = (key: Record<string, string>, value: number | null) => ({
  key,
  value,
  fewer_than: value === null ? 50 : null,
  interval: null,
});
const TWO = overlapOfMetric({
  cells: [
    cell({ osec: 'yes', rando: 'no' }, 3000),
    cell({ osec: 'no', rando: 'yes' }, 6000),
    cell({ osec: 'yes', rando: 'yes' }, 2000),
  ],
});
const THREE = overlapOfMetric({
  cells: [1, 2, 3, 4, 5, 6, 7].map((mask) =>
    cell(
      { a: mask & 1 ? 'yes' : 'no', b: mask & 2 ? 'yes' : 'no', c: mask & 4 ? 'yes' : 'no' },
      mask === 7 ? null : mask * 100,
    ),
  ),
});

describe('an overlap', () => {
  test('adds up what lies within sets, withheld parts as large as they may be', () => {
    expect(drawnWithin(TWO, ['osec'])).toBe(5000);
    expect(drawnWithin(TWO, ['osec', 'rando'])).toBe(2000);
    expect(drawnWithin(THREE, ['a', 'b', 'c'])).toBe(50);
  });

  test('as circles has areas as the figures are, and room for every figure', () => {
    const { circles, regions } = layOutVenn(TWO, { width: 500, height: 260 });
    const [osec, rando] = circles;
    expect(rando!.radius ** 2 / osec!.radius ** 2).toBeCloseTo(8000 / 5000, 1);
    const distance = Math.hypot(osec!.x - rando!.x, osec!.y - rando!.y);
    expect(distance).toBeLessThan(osec!.radius + rando!.radius);
    expect(regions.every(({ centre }) => centre !== undefined)).toBe(true);
    for (const { x, y, radius } of circles) {
      expect(x - radius).toBeGreaterThanOrEqual(0);
      expect(x + radius).toBeLessThanOrEqual(500);
      expect(y - radius).toBeGreaterThanOrEqual(0);
      expect(y + radius).toBeLessThanOrEqual(260);
    }
  });

  test('of three sets as circles has a region for each part', () => {
    const { circles, regions } = layOutVenn(THREE, { width: 500, height: 260 });
    expect(circles).toHaveLength(3);
    expect(regions).toHaveLength(7);
  });

  test('as an UpSet plot has a column for each part, the largest first, and dots for its sets', () => {
    const { columns, rows, width } = layOutUpSet(THREE);
    expect(columns.map(({ part }) => part.figure.value)).toEqual([600, 500, 400, 300, 200, 100, null]);
    expect(columns[0]!.dots.map(({ isIn }) => isIn)).toEqual([false, true, true]);
    expect(columns[2]!.link).toBeNull();
    expect(columns[0]!.link).toEqual({ from: rows[1]!.y, to: rows[2]!.y });
    expect(columns[0]!.barHeight).toBe(UPSET.barsHeight);
    expect(columns.at(-1)).toMatchObject({ isWithheld: true });
    expect(columns.at(-1)!.barHeight).toBeGreaterThan(0);
    expect(width).toBeGreaterThan(columns.at(-1)!.x);
  });

  test('names its parts in words', () => {
    expect(TWO.parts.map((part) => partLabel(part, TWO.sets))).toEqual([
      'Only in osec',
      'Only in rando',
      'In osec and rando',
    ]);
    expect(partLabel(THREE.parts[2]!, THREE.sets)).toBe('In a and b alone');
  });
});
