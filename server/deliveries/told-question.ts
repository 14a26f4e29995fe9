// What an audience is a question about, without a person in it, and what follows from two such questions alone: that nobody can have
// been added, nobody removed, or that it is the same question. Whatever does not follow from them must be counted, with noise.
import type { JsonValue } from '../../audit/canonical-json.ts';
import type { Comparison, Telling, Way } from '../../matching/audience-difference.ts';
import type { Side } from '../../matching/audience-sql.ts';
import { type Criterion, findCriterion } from '../../matching/criteria.ts';
import { listCriteria, type Segment } from '../../matching/segment.ts';
import { canonicalSegment, SegmentTooTangled } from '../analyses/canonical-segment.ts';

export interface ToldQuestion {
  /** The contributions that were matched, by the tables that hold them; left and right. */
  readonly sources: readonly ToldSource[];
  readonly types: readonly string[];
  readonly cardinality: string;
  readonly segment: Segment;
  readonly deliveredSide: Side;
  readonly columns: readonly number[];
  /** Consent classes of each side that the receiver may be told of. */
  readonly allowed: Readonly<Record<Side, readonly number[]>>;
  /** What tells the grants of each tenant's evidence from other ones; absent in tellings of before there was evidence. */
  readonly grants?: readonly string[];
  /** The policies that read consent and evidence. */
  readonly policySetHash: string;
  /** Suppression lists with as many entries as they had. */
  readonly suppressions: readonly string[];
}

export interface ToldSource {
  readonly alias: string;
  readonly datasetId: string;
  readonly version: string;
  readonly contribution: string;
}

/** What is on record of a telling; undefined when nothing is, as for tellings of before there were records. */
export interface ToldBefore {
  readonly telling: Telling;
  readonly question: ToldQuestion | undefined;
  /** Whether all that should have left the receiver is known to have left it. */
  readonly isConfirmed: boolean;
}

/** The segment in the form that is equal for all segments which select the same persons; undefined for one too tangled to tell. */
export function segmentForm(
  { segment, sources }: Pick<ToldQuestion, 'segment' | 'sources'>,
  criteria: readonly Criterion[],
): JsonValue | undefined {
  const datasets = new Map(sources.map(({ alias, datasetId }) => [alias, datasetId]));
  // The schema has lost an attribute since.
  if (listCriteria(segment).some((test) => findCriterion(criteria, test) === undefined)) return undefined;
  try {
    return canonicalSegment(
      segment,
      criteria,
      ({ source, attribute }) => `${datasets.get(source)} ${attribute}`,
    ) as JsonValue;
  } catch (error) {
    if (error instanceof SegmentTooTangled) return undefined;
    throw error;
  }
}

/** True when what is asked now was told before, but for persons whose removal must not wait. */
export function isToldAlready(now: ToldQuestion, before: ToldBefore, criteria: readonly Criterion[]): boolean {
  const { question: then } = before;
  return then !== undefined && addsNobody(now, then, criteria) && implies(then, now, criteria);
}

/** What is left to be counted of a comparison; undefined when nothing is. */
export function comparisonOf(
  now: ToldQuestion,
  { telling, question: then, isConfirmed }: ToldBefore,
  criteria: readonly Criterion[],
): Comparison | undefined {
  if (then === undefined) return { telling, ways: ['added', 'removed'], sameMatch: false };
  const ways: Way[] = [];
  if (!addsNobody(now, then, criteria)) ways.push('added');
  if (!(isConfirmed && implies(then, now, criteria))) ways.push('removed');
  return ways.length === 0 ? undefined : { telling, ways, sameMatch: isOfSameMatch(now, then) };
}

/** Everybody who leaves now was in what was told then: the same pairs, a segment within the other, no consent more. */
function addsNobody(now: ToldQuestion, then: ToldQuestion, criteria: readonly Criterion[]): boolean {
  const isAllowedThen = (['left', 'right'] as const).every((side) => {
    const before = new Set(then.allowed[side]);
    return now.allowed[side].every((id) => before.has(id));
  });
  if (JSON.stringify(now.grants) !== JSON.stringify(then.grants)) return false;
  // Other policies may let persons go whom these kept.
  if (now.policySetHash !== then.policySetHash) return false;
  const listNow = new Set(now.suppressions.map(listOf));
  return isAllowedThen && then.suppressions.every((list) => listNow.has(listOf(list))) && implies(now, then, criteria);
}

/** Whether whoever one question selects, the other selects too, whatever the data. */
function implies(one: ToldQuestion, other: ToldQuestion, criteria: readonly Criterion[]): boolean {
  if (!isOfSameMatch(one, other)) return false;
  return segmentForm({ ...one, segment: { except: [one.segment, other.segment] } }, criteria) === 'nobody';
}

function isOfSameMatch(one: ToldQuestion, other: ToldQuestion): boolean {
  const ground = ({ sources, types, cardinality, deliveredSide, columns }: ToldQuestion) =>
    JSON.stringify([
      sources.map(({ alias, datasetId, version, contribution }) => [alias, datasetId, version, contribution]),
      types,
      cardinality,
      deliveredSide,
      columns,
    ]);
  return ground(one) === ground(other);
}

/** Entries are added to a list and never taken from it; a list itself can go. */
function listOf(suppression: string): string {
  return suppression.split(' ')[0] ?? suppression;
}
