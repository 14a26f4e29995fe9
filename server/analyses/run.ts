// An analysis run: a reviewed question, the data it was asked of, and what of its answer was released.
import type { AnalysisResult, RunRequest, Snapshot } from '../../openapi/generated/api.ts';
import type { ShownDecision } from '../activations/activation.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface Run {
  readonly id: string;
  readonly collaborationId: string;
  readonly tenantId: string;
  readonly analysis: RunRequest['analysis'];
  /** Null for an overlap of contributions that were named without a match. */
  readonly matchId: string | null;
  readonly question: RunRequest;
  /** The question as people read it. */
  readonly asked: string;
  readonly questionHash: string;
  readonly snapshot: Snapshot;
  readonly status: 'queued' | 'running' | 'succeeded' | 'refused' | 'failed';
  readonly jobId: string;
  readonly result: AnalysisResult | null;
  readonly decision: ShownDecision | null;
  readonly receiptEventId: string | null;
  readonly createdAt: string;
}

export const runs = recordStore('analysis_runs', {
  noun: 'analysis run',
  mapping: rowMapping<Run>(['question', 'snapshot', 'result', 'decision']),
});
