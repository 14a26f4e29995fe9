// An approval request: one to each tenant that must agree before an audience leaves.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';

export interface Approval {
  readonly id: string;
  readonly activationId: string;
  readonly tenantId: string;
  readonly status: 'pending' | 'approved' | 'refused' | 'void';
  readonly termsHash: string;
  readonly summary: string;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  readonly comment: string | null;
  readonly receiptEventId: string | null;
  readonly createdAt: string;
  readonly decidedAt: string | null;
}

export const approvals = recordStore('approvals', { noun: 'approval', mapping: rowMapping<Approval>() });
