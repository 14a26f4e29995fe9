// From a true answer to what may be shown of it: noise on every cell, then thresholds, rounding and intervals on the noised
// figures alone, so that nothing but the noise ever meets the true ones.
import { DEFAULTS } from './limits.ts';
import type { Fraction, NoiseSource } from './noise.ts';
import { gaussianCost, openLedger, type PicoRho } from './privacy-budget.ts';
import type { PrivacyTerms } from './privacy-terms.ts';
import { type Unreleased, withinLock } from './release.ts';

/** What is known of a metric before any data is touched: enough for its noise and its cost. */
export interface MetricShape {
  readonly name: string;
  readonly unit: 'persons' | 'events' | 'revenue';
  /** Values are in this fraction of the unit. */
  readonly scale: number;
  /** Δ²: the squared distance that one person moves all cells together at most. */
  readonly sensitivityL2Squared: { readonly num: bigint; readonly den: bigint };
}

export type CellKey = Readonly<Record<string, string | null>>;

interface TrueMetric extends MetricShape {
  readonly cells: readonly { readonly key: CellKey; readonly value: number; readonly declared: boolean }[];
}

export interface NoisedCell {
  readonly key: CellKey;
  readonly value: number;
  readonly declared: boolean;
}

/** In units, noise included: may be kept and shown again under another threshold, at no cost. */
export interface NoisedMetric {
  readonly name: string;
  readonly unit: MetricShape['unit'];
  /** Standard deviation of the noise on each cell. */
  readonly sigma: number;
  /** What one person adds to a cell at most, on which thresholds in persons are measured. */
  readonly perPerson: number;
  readonly cells: readonly NoisedCell[];
}

export interface NoisedAnswer {
  readonly metrics: readonly NoisedMetric[];
}

type Blur = Pick<PrivacyTerms, 'sigma' | 'maxGroups'>;

/** σ² in units of what one person can add to one cell, so that a sum is blurred as much as a count. */
export function varianceOf({ scale, sensitivityL2Squared: { num, den } }: MetricShape, blur: Blur): Fraction {
  const squaredSigma = BigInt(blur.sigma) ** 2n;
  const squaredScale = BigInt(scale) ** 2n;
  const groups = BigInt(blur.maxGroups);
  if (num <= squaredScale * den * groups) return { numerator: squaredSigma * squaredScale, denominator: 1n };
  return { numerator: squaredSigma * num, denominator: den * groups };
}

/** What an answer of these metrics costs: known before a run, since it depends on the question alone. */
export function answerCost(metrics: readonly MetricShape[], blur: Blur): PicoRho {
  return metrics.reduce((sum, metric) => {
    const { numerator, denominator } = varianceOf(metric, blur);
    const { num, den } = metric.sensitivityL2Squared;
    return sum + gaussianCost({ squaredSensitivity: num, variance: { numerator: numerator * den, denominator } });
  }, 0n);
}

/** Draws fresh noise for every cell. To be called once for each debit; what comes out is still unreleased. */
export function noisedAnswer(
  answer: Unreleased<{ readonly metrics: readonly TrueMetric[] }>,
  blur: Blur,
  noise: NoiseSource,
): Unreleased<NoisedAnswer> {
  return withinLock(answer, ({ metrics }) => ({ metrics: metrics.map((metric) => noisedMetric(metric, blur, noise)) }));
}

function noisedMetric(metric: TrueMetric, blur: Blur, noise: NoiseSource): NoisedMetric {
  const variance = varianceOf(metric, blur);
  const sigma = Math.sqrt(Number(variance.numerator) / Number(variance.denominator)) / metric.scale;
  return {
    name: metric.name,
    unit: metric.unit,
    sigma,
    perPerson: sigma / blur.sigma,
    cells: metric.cells.map(({ key, value, declared }) => ({
      key,
      value: Number(BigInt(value) + noise.discreteGaussian(variance)) / metric.scale,
      declared,
    })),
  };
}

export interface ShownFigure {
  readonly value: number | null;
  readonly fewer_than: number | null;
  /** 95 %: in 19 of 20 answers the true figure lies within. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface ShownCell extends ShownFigure {
  readonly key: Record<string, string | null>;
}

export interface ShownMetric {
  readonly name: string;
  readonly unit: MetricShape['unit'];
  readonly cells: ShownCell[];
  /** The declared cells that were withheld, together; null where none was. */
  readonly remainder: ShownFigure | null;
}

export interface Showing {
  readonly threshold: number;
  /** The probability with which a category of one person may show, that nobody declared. */
  readonly delta: number;
  readonly maxGroups: number;
}

/** Of δ the share that all answers together may give to categories that nobody declared. */
const SHARE_OF_DELTA = 0.1;

/** What one answer may give to them: the share, over as many answers as a budget can pay. */
export function deltaOfUndeclared({
  epsilon,
  delta,
  sigma,
}: Pick<PrivacyTerms, 'epsilon' | 'delta' | 'sigma'>): number {
  const variance = { numerator: BigInt(sigma) ** 2n, denominator: 1n };
  const answers = Number(openLedger({ epsilon, delta }).budget / gaussianCost({ squaredSensitivity: 1n, variance }));
  return (SHARE_OF_DELTA * delta) / Math.max(1, answers);
}

/** What of a metric reaches the threshold. Of categories that nobody declared only those past a higher one appear at all. */
export function shownMetric(metric: NoisedMetric, showing: Showing): ShownMetric {
  const limit = showing.threshold * metric.perPerson;
  const hidden = limit + metric.sigma * Math.sqrt(2 * Math.log(showing.maxGroups / showing.delta));
  const present = metric.cells.filter(({ declared, value }) => declared || value >= hidden);
  const withheld = present.filter(({ value }) => value < limit);
  const figure = (value: number, sigma: number) => shownFigure(value, { limit, sigma });
  return {
    name: metric.name,
    unit: metric.unit,
    cells: present.map(({ key, value }) => ({ key: { ...key }, ...figure(value, metric.sigma) })),
    remainder:
      withheld.length === 0
        ? null
        : figure(
            withheld.reduce((sum, { value }) => sum + value, 0),
            metric.sigma * Math.sqrt(withheld.length),
          ),
  };
}

/** The standard normal quantile of 97.5 %. */
const QUANTILE = 1.96;

export function shownFigure(value: number, of: { limit: number; sigma: number }): ShownFigure {
  const step = DEFAULTS.roundTo;
  const bound = Math.ceil(of.limit / step) * step;
  if (!(value >= of.limit)) return { value: null, fewer_than: bound, interval: null };
  const reach = QUANTILE * of.sigma;
  return {
    value: Math.max(Math.round(value / step) * step, bound),
    fewer_than: null,
    interval: {
      low: Math.max(0, Math.floor((value - reach) / step) * step),
      high: Math.ceil((value + reach) / step) * step,
    },
  };
}

/**
 * The greatest noised figure, in as many persons as it takes at least to bring it about: an answer of which it lies below the
 * threshold tells nothing.
 */
export function greatestCount(answer: NoisedAnswer): number {
  const counts = answer.metrics.flatMap(({ perPerson, cells }) => cells.map(({ value }) => value / perPerson));
  return Math.max(0, ...counts.map(Math.floor));
}
