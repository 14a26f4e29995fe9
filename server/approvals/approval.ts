// An approval request: one to each tenant that must agree before something is done, or to the operators (tenant null).
// It holds for exactly what was shown: the document is kept with its hash, and a decision must name that hash.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { Shown } from './shown.ts';

export const SUBJECT_KINDS = [
  'activation',
  'delivery',
  'rule-change',
  'policy-change',
  'key-export',
  'break-glass-read',
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

export interface ApprovalSubject {
  readonly kind: SubjectKind;
  readonly id: string;
}

export type ApprovalStatus = 'pending' | 'approved' | 'refused' | 'void' | 'expired';

export interface Approval {
  readonly id: string;
  readonly tenantId: string | null;
  readonly subjectKind: SubjectKind;
  readonly subjectId: string;
  readonly status: ApprovalStatus;
  readonly summary: string;
  readonly shown: Shown;
  readonly shownHash: string;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  readonly comment: string | null;
  readonly receiptEventId: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly decidedAt: string | null;
}

export const approvals = recordStore('approval_requests', {
  noun: 'approval',
  mapping: rowMapping<Approval>(['shown']),
});
