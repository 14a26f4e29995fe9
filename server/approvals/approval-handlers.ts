// The operations of approvals, for a tenant's officers and, where the whole service is concerned, for its operators.
import type { Approval as ApprovalBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { type Approval, approvals } from './approval.ts';
import { decideApproval } from './approval-service.ts';

export function approvalHandlers(ground: Ground): Pick<Handlers, 'listApprovals' | 'getApproval' | 'decideApproval'> {
  const { knex } = ground.db;
  return {
    async listApprovals({ caller, query }) {
      const where = {
        tenant_id: caller.tenantId,
        ...(query.status === undefined ? {} : { status: query.status }),
        ...(query.subject_kind === undefined ? {} : { subject_kind: query.subject_kind }),
      };
      return pageOf(await approvals.list(knex, where, pageRange(query)), query, approvalBody);
    },
    async getApproval({ caller, params }) {
      return approvalBody(await approvals.get(knex, params.approval_id, { tenant_id: caller.tenantId }));
    },
    async decideApproval({ caller, params, body }) {
      const { outcome, comment, shown_hash: shownHash } = body;
      const decision = { approvalId: params.approval_id, outcome, comment: comment ?? null, shownHash };
      return approvalBody(await decideApproval(ground, caller, decision));
    },
  };
}

export function approvalBody(approval: Approval): ApprovalBody {
  return {
    id: approval.id,
    subject: { kind: approval.subjectKind, id: approval.subjectId },
    tenant_id: approval.tenantId,
    status: approval.status,
    summary: approval.summary,
    shown: structuredClone(approval.shown) as unknown as ApprovalBody['shown'],
    shown_hash: approval.shownHash,
    requested_by: approval.requestedBy,
    decided_by: approval.decidedBy,
    comment: approval.comment,
    receipt_event_id: approval.receiptEventId,
    created_at: approval.createdAt,
    expires_at: approval.expiresAt,
    decided_at: approval.decidedAt,
  };
}
