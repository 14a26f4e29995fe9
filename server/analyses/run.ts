// An analysis run: a reviewed question, and what of its answer was released.

import type { Cell, ShownDecision } from '../activations/activation.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface OverlapResult {
  readonly overlap: Cell;
  readonly match_rate: string | null;
  readonly by_identifier: Readonly<Record<string, Cell>>;
}

export interface Run {
  readonly id: string;
  readonly collaborationId: string;
  readonly tenantId: string;
  readonly analysis: 'overlap';
  readonly matchId: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'refused' | 'failed';
  readonly jobId: string;
  readonly result: OverlapResult | null;
  readonly decision: ShownDecision | null;
  readonly receiptEventId: string | null;
  readonly createdAt: string;
}

export const runs = recordStore('analysis_runs', {
  noun: 'analysis run',
  mapping: rowMapping<Run>(['result', 'decision']),
});
