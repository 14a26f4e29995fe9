// The operations of approvals.
import type { Approval as ApprovalBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type Approval, approvals } from './approval.ts';
import { decideApproval } from './approval-service.ts';

export function approvalHandlers(ground: Ground): Pick<Handlers, 'listApprovals' | 'getApproval' | 'decideApproval'> {
  const { knex } = ground.db;
  return {
    async listApprovals({ tenantId, query }) {
      const where = { tenant_id: tenantId, ...(query.status === undefined ? {} : { status: query.status }) };
      return pageOf(await approvals.list(knex, where, pageRange(query)), query, approvalBody);
    },
    async getApproval({ tenantId, params }) {
      return approvalBody(await approvals.get(knex, params.approval_id, { tenant_id: tenantId }));
    },
    async decideApproval(request) {
      const { outcome, comment, terms_hash: termsHash } = request.body;
      const decision = { approvalId: request.params.approval_id, outcome, comment: comment ?? null, termsHash };
      return approvalBody(await decideApproval(ground, tenantCaller(request), decision));
    },
  };
}

export function approvalBody(approval: Approval): ApprovalBody {
  return {
    id: approval.id,
    activation_id: approval.activationId,
    tenant_id: approval.tenantId,
    status: approval.status,
    terms_hash: approval.termsHash,
    summary: approval.summary,
    requested_by: approval.requestedBy,
    decided_by: approval.decidedBy,
    comment: approval.comment,
    receipt_event_id: approval.receiptEventId,
    created_at: approval.createdAt,
    decided_at: approval.decidedAt,
  };
}
