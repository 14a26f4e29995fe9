// A match of two contributions. Its pairs and counts stay in the engine; this is only when it was made and of what.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface Match {
  readonly id: string;
  readonly collaborationId: string;
  readonly leftContributionId: string;
  readonly rightContributionId: string;
  /** The tables that were joined; a contribution that moved on makes the match stale. */
  readonly leftEngineId: string;
  readonly rightEngineId: string;
  readonly status: 'queued' | 'running' | 'ready' | 'failed' | 'stale';
  readonly jobId: string;
  readonly createdAt: string;
  readonly matchedAt: string | null;
}

export const matches = recordStore('matches', { noun: 'match', mapping: rowMapping<Match>() });
