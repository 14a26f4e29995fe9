// A version of policies: proposed, tried, approved by a second person, then in force until the next. Old ones stay readable.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { PolicyReport } from './policy-report.ts';
import type { StoredPolicy } from './policy-set-store.ts';

export type PolicyVersionStatus = 'proposed' | 'in_force' | 'superseded' | 'refused' | 'withdrawn' | 'expired';

export interface PolicyVersion {
  readonly id: string;
  /** Null: the policies of the service. Otherwise those that a tenant adds for itself. */
  readonly tenantId: string | null;
  readonly number: number;
  readonly status: PolicyVersionStatus;
  readonly policies: readonly StoredPolicy[];
  readonly setHash: string;
  readonly basedOn: string;
  readonly shippedHash: string;
  readonly loosens: 0 | 1;
  readonly comment: string;
  readonly report: PolicyReport;
  readonly proposedBy: string;
  readonly createdAt: string;
  readonly inForceAt: string | null;
  readonly endedAt: string | null;
}

export const policyVersions = recordStore('policy_versions', {
  noun: 'policy version',
  mapping: rowMapping<PolicyVersion>(['policies', 'report']),
});
