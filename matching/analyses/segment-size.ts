// Segment size: how many matched persons a segment selects. One cell, one person counts once.
import type { Engine } from '../engine/engine.ts';
import type { AnalysisRequest, SegmentSizeQuestion, TrueAnswer } from './analysis.ts';
import { type LinkRequest, linkedPairsSql } from './links.ts';
import { selectPairs } from './selected-pairs.ts';
import { linkedTotalSensitivity } from './sensitivity.ts';

export async function answerSegmentSize(
  engine: Engine,
  { question, contributions, types }: AnalysisRequest<SegmentSizeQuestion>,
  links: LinkRequest,
): Promise<TrueAnswer> {
  const { given, condition, params } = selectPairs(question.segment, contributions);
  const [size] = await engine.query<{ persons: number }>(
    `${given} SELECT count() AS persons FROM ${linkedPairsSql(links)} WHERE ${condition}`,
    params,
  );
  const persons = size?.persons ?? 0;
  const cells = [{ key: {}, value: persons, declared: true }];
  const sensitivityL2Squared = linkedTotalSensitivity(types.length);
  return { metrics: [{ name: 'persons', unit: 'persons', scale: 1, sensitivityL2Squared, cells }], persons };
}
