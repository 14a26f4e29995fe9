// Linked pairs told apart by a segment, the way an audience reads it.
import { bitmapScans, criteriaOf } from '../audience.ts';
import { type SegmentSource, segmentSql } from '../audience-sql.ts';
import type { Params } from '../engine/engine.ts';
import type { Segment } from '../segment.ts';
import { validateSegment } from '../segment-json.ts';
import { attributeColumns } from '../tables.ts';
import type { ResolvedContribution, Side } from './analysis.ts';

export interface SelectedPairs {
  /** `WITH …` or nothing: the bitmaps that the condition reads. */
  readonly given: string;
  /** True for a selected pair, over `left_person` and `right_person`. */
  readonly condition: string;
  readonly params: Params;
}

export const EVERY_PAIR: SelectedPairs = { given: '', condition: '1', params: {} };

/** Throws SegmentError for a segment that does not fit the contributions. */
export function selectPairs(
  segment: Segment | undefined,
  contributions: readonly ResolvedContribution[],
): SelectedPairs {
  if (segment === undefined) return EVERY_PAIR;
  const sources = contributions.map(({ alias, version, schema }, place) => {
    const side: Side = place === 0 ? 'left' : 'right';
    return { alias, version, side, attributes: attributeColumns(schema) };
  });
  const checked = validateSegment(segment, criteriaOf(sources));
  const sql = segmentSql(checked, new Map<string, SegmentSource>(sources.map((source) => [source.alias, source])));
  const scans = bitmapScans(sql, new Map(sources.map(({ side, version }) => [side, version])));
  return { given: `WITH ${scans.join(', ')}`, condition: sql.condition, params: sql.params };
}
