// Two questions with one hash have one answer, and it is paid for once. Aliases, order, sides and synonyms do not enter the hash;
// whatever changes the answer does, the terms of its noise included.
import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../audit/canonical-json.ts';
import type { Breakdown, Period } from '../../matching/analyses/analysis.ts';
import type { CollaborationTerms } from '../collaborations/collaboration.ts';
import { ServiceError } from '../errors.ts';
import { canonicalSegment, SegmentTooTangled } from './canonical-segment.ts';
import type { ResolvedQuestion } from './resolved-question.ts';

export interface CanonicalHashes {
  /** Of what is asked; 64 hex digits. */
  readonly question: string;
  /** Of the data it is asked of; 64 hex digits. */
  readonly snapshot: string;
}

export function canonicalHashes(resolved: ResolvedQuestion, terms: CollaborationTerms): CanonicalHashes {
  const { sigma, maxGroups, perGroup } = terms.privacy;
  const snapshot = resolved.sources.map(({ datasetId, version }) => `${datasetId} ${version}`).sort();
  return {
    question: hashOf({ asked: canonicalQuestion(resolved), blur: { sigma, maxGroups, perGroup } }),
    snapshot: hashOf({ data: snapshot, types: [...terms.identifierTypes] }),
  };
}

/** Contributions go by their dataset: a dataset offered again under another alias is the same data. */
export function canonicalQuestion(resolved: ResolvedQuestion): JsonValue {
  const { question, sources } = resolved;
  const dataset = (alias: string) => sources.find((source) => source.alias === alias)?.datasetId ?? alias;
  const side = (name: 'left' | 'right') => sources[name === 'left' ? 0 : 1]?.datasetId ?? '';
  const of = { analysis: question.analysis, of: sources.map(({ datasetId }) => datasetId).sort() };
  switch (question.analysis) {
    case 'overlap':
      return { ...of, byIdentifier: question.byIdentifier };
    case 'profile': {
      const breakdown = question.breakdown.map((each) => canonicalBreakdown(each, dataset)).sort(byText);
      return { ...of, breakdown, index: question.index, segment: segmentOf(resolved) };
    }
    case 'segment-size':
      return { ...of, segment: segmentOf(resolved) };
    case 'reach-frequency': {
      const { events, maxFrequency, period } = question;
      return { ...of, events: side(events), maxFrequency, period: periodOf(period) };
    }
    case 'conversion':
      return {
        ...of,
        exposures: side(question.exposures),
        purchases: side(question.purchases),
        windowDays: question.windowDays,
        revenue: question.revenueAttribute ?? null,
        clamp: question.revenueClamp ?? null,
        group: question.groupBy === undefined ? null : canonicalBreakdown(question.groupBy, dataset),
        period: periodOf(question.period),
      };
    case 'attribution':
      return {
        ...of,
        touches: side(question.touches),
        purchases: side(question.purchases),
        channel: question.channelAttribute,
        windowDays: question.windowDays,
        model: question.model,
        period: periodOf(question.period),
      };
  }
}

function segmentOf({ question, sources, criteria }: ResolvedQuestion): JsonValue {
  if (!('segment' in question) || question.segment === undefined) return 'everybody';
  const dataset = (alias: string) => sources.find((source) => source.alias === alias)?.datasetId ?? alias;
  try {
    const named = ({ source, attribute }: { source: string; attribute: string }) => `${dataset(source)} ${attribute}`;
    return canonicalSegment(question.segment, criteria, named) as unknown as JsonValue;
  } catch (error) {
    if (!(error instanceof SegmentTooTangled)) throw error;
    const message = 'This segment crosses too many attributes to be compared with other questions. Split it.';
    throw new ServiceError('request_invalid', { errors: [{ pointer: '/segment', message }] });
  }
}

function canonicalBreakdown({ source, attribute, bins }: Breakdown, dataset: (alias: string) => string): JsonValue {
  // Edges ascend already; the order of a category's labels does not matter to it.
  const labels = bins?.every((bin) => typeof bin === 'string') ? [...bins].sort() : bins;
  return { source: dataset(source), attribute, bins: labels === undefined ? null : [...new Set(labels)] };
}

function periodOf(period: Period | undefined): JsonValue {
  return period === undefined ? null : { from: period.from, to: period.to };
}

function byText(one: JsonValue, other: JsonValue): number {
  return canonicalJson(one) < canonicalJson(other) ? -1 : 1;
}

/** Over canonical JSON; 64 hex digits. */
export function hashOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
