// A contribution: one dataset in one collaboration, under the analysis rule that its owner set and every member accepted.
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';

export type ContributionStatus = 'proposed' | 'contributing' | 'ready' | 'failed' | 'withdrawn';

export interface Contribution {
  readonly id: string;
  readonly collaborationId: string;
  readonly tenantId: string;
  readonly alias: string;
  readonly datasetId: string;
  readonly rule: AnalysisRule;
  readonly status: ContributionStatus;
  readonly changeId: string | null;
  readonly jobId: string | null;
  /** The dataset version whose persons it shows. */
  readonly versionId: string | null;
  /** Names its tables in the engine; a refresh makes new ones beside the old. */
  readonly engineId: string | null;
  readonly createdAt: string;
  readonly contributedAt: string | null;
}
