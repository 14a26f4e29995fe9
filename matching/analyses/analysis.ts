// The seam of analyses: the closed set of questions, and the true answer with the sensitivity of each of its metrics.
// A true answer is Unreleased: noise, thresholds and the budget are the business of whoever opens the gate.
import type { DatasetSchema } from '../../identifiers/dataset-schema.ts';
import type { IdentifierType } from '../../identifiers/identifier.ts';
import type { Side } from '../audience-sql.ts';
import type { Segment } from '../segment.ts';

export type { Side } from '../audience-sql.ts';

/** One attribute to break down by. Numbers and dates need bins; of a category they name the labels told apart. */
export interface Breakdown {
  /** The alias of a contribution. */
  readonly source: string;
  readonly attribute: string;
  /** Ascending edges: `[10, 20]` gives below 10, 10 to below 20, 20 and above. Of a category: its labels, the rest is `other`. */
  readonly bins?: readonly (number | string)[];
}

/** Days as `YYYY-MM-DD` in UTC, both inclusive. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

export interface OverlapQuestion {
  readonly analysis: 'overlap';
  /** Two to five ids of contributions. */
  readonly contributions: readonly string[];
  readonly byIdentifier: boolean;
}

export interface ProfileQuestion {
  readonly analysis: 'profile';
  readonly match: string;
  /** Without it the matched persons are profiled. */
  readonly segment?: Segment;
  /** One or two. */
  readonly breakdown: readonly Breakdown[];
  /** Counts the rest too: matched persons outside of the segment, or unmatched persons of the one source broken down by. */
  readonly index: boolean;
}

export interface ReachFrequencyQuestion {
  readonly analysis: 'reach-frequency';
  readonly match: string;
  readonly events: Side;
  /** The last bar of the histogram holds this many events and more. */
  readonly maxFrequency: number;
  readonly period?: Period;
}

export interface ConversionQuestion {
  readonly analysis: 'conversion';
  readonly match: string;
  readonly exposures: Side;
  readonly purchases: Side;
  /** A purchase counts for an exposure at the same instant or less than this many days before it. */
  readonly windowDays: number;
  /** A number attribute of the purchases; whole units are summed, each purchase rounded half up. */
  readonly revenueAttribute?: string;
  /** The most that one person adds to a sum, in whole units. Required with a revenue attribute. */
  readonly revenueClamp?: number;
  /** An attribute of the persons on the side of the purchases. */
  readonly groupBy?: Breakdown;
  /** Of the exposures; purchases count up to `windowDays` after its end. */
  readonly period?: Period;
}

export interface AttributionQuestion {
  readonly analysis: 'attribution';
  readonly match: string;
  readonly touches: Side;
  /** A category of the touch events. */
  readonly channelAttribute: string;
  readonly purchases: Side;
  readonly windowDays: number;
  readonly model: 'last-touch' | 'linear';
  /** Of the purchases. */
  readonly period?: Period;
}

export interface SegmentSizeQuestion {
  readonly analysis: 'segment-size';
  readonly match: string;
  readonly segment: Segment;
}

export type AnalysisQuestion =
  | OverlapQuestion
  | ProfileQuestion
  | ReachFrequencyQuestion
  | ConversionQuestion
  | AttributionQuestion
  | SegmentSizeQuestion;

/** A contribution as the engine knows it. The alias is the name by which segments and breakdowns speak of it. */
export interface ResolvedContribution {
  readonly contribution: string;
  readonly alias: string;
  readonly version: string;
  readonly schema: DatasetSchema;
}

export interface AnalysisRequest<Question extends AnalysisQuestion = AnalysisQuestion> {
  /** The id of the run; working tables are named after it and are gone when the answer stands. */
  readonly run: string;
  readonly question: Question;
  /** Of an overlap in the order of the question; of everything else the left and the right side of the match. */
  readonly contributions: readonly ResolvedContribution[];
  /** The terms of the collaboration, the strongest type first. */
  readonly types: readonly IdentifierType[];
  readonly bounding: Bounding;
}

/** How much one person may count: in `maxGroups` (m) cells of a metric, `perGroup` (c) in each; chosen by a keyed hash. */
export interface Bounding {
  /** 16 bytes or more, secret, the same for every run of a collaboration. */
  readonly key: Uint8Array;
  readonly maxGroups: number;
  readonly perGroup: number;
}

/** An exact fraction; `den` is at least 1. */
export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

export interface TrueCell {
  /** What the cell is about, by dimension; null is an unknown attribute. */
  readonly key: Readonly<Record<string, string | null>>;
  /** A whole number, after bounding and clamping; divided by the metric's `scale` it is in the metric's unit. */
  readonly value: number;
  /** False when the cell is there only because the data has such a category: past a noisy threshold alone may it show. */
  readonly declared: boolean;
}

export interface TrueMetric {
  readonly name: string;
  readonly unit: 'persons' | 'events' | 'revenue';
  /** Values are in this fraction of the unit: 1 but for shares of events, which are counted in 2520ths. */
  readonly scale: number;
  /** Δ²: the squared Euclidean distance that all cells together move at most when one contribution gains or loses a person. */
  readonly sensitivityL2Squared: Rational;
  /** Every declared cell, also those of value zero, in a fixed order; then the undeclared ones that the data has. */
  readonly cells: readonly TrueCell[];
}

export interface TrueAnswer {
  readonly metrics: readonly TrueMetric[];
  /** The persons whom the answer speaks of. True: it is for checks inside the gate alone. */
  readonly persons: number;
}

export type AnalysisErrorCode =
  | 'question_invalid'
  | 'source_unknown'
  | 'attribute_unknown'
  | 'attribute_kind'
  | 'bins_invalid'
  | 'too_many_cells'
  | 'event_time_missing'
  | 'same_side';

/** A question that does not fit the schemas. It depends on the question and the schemas alone, never on the data. */
export class AnalysisError extends Error {
  readonly code: AnalysisErrorCode;
  /** A JSON pointer into the question. */
  readonly pointer: string;
  readonly hint: string;

  constructor(code: AnalysisErrorCode, at: { pointer: string; hint: string }) {
    super(`analysis: ${code} at ${at.pointer}`);
    this.name = 'AnalysisError';
    this.code = code;
    this.pointer = at.pointer;
    this.hint = at.hint;
  }
}
