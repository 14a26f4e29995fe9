// An access request: what is held of one person. Who it is stands in the sealed answer alone.
import type { AccessRequest as AccessRequestBody } from '../../openapi/generated/api.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import { DAY_MS } from '../deletions/limits.ts';
import type { JobFailure } from '../jobs/job.ts';
import type { KeySubject } from '../keys/key-store.ts';

export interface AccessRequest {
  readonly id: string;
  readonly tenantId: string;
  readonly reference: string | null;
  readonly status: AccessRequestBody['status'];
  readonly named: AccessRequestBody['named'];
  readonly found: AccessRequestBody['found'];
  /** Sealed under `answerKey`; null before it is gathered and once it is destroyed. */
  readonly answer: string | null;
  readonly failure: JobFailure | null;
  readonly jobId: string;
  readonly receiptEventId: string | null;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly createdAt: string;
  readonly readyAt: string | null;
  readonly answerUntil: string | null;
  readonly answeredAt: string | null;
}

export const accessRequestMapping = rowMapping<AccessRequest>(['named', 'found', 'failure']);

export const accessRequests = recordStore('access_requests', {
  noun: 'access request',
  mapping: accessRequestMapping,
});

export function answerKey({ id, tenantId }: Pick<AccessRequest, 'id' | 'tenantId'>): KeySubject {
  return { purpose: 'person-answer', ownerId: tenantId, objectId: id };
}

export function accessRequestBody(request: AccessRequest, now: Date): AccessRequestBody {
  const isOpen = request.answeredAt === null;
  const leftMs = Date.parse(request.dueAt) - now.getTime();
  return {
    id: request.id,
    status: request.status,
    reference: request.reference,
    named: request.named,
    received_at: request.receivedAt,
    due_at: request.dueAt,
    days_left: isOpen ? Math.floor(leftMs / DAY_MS) : null,
    overdue: isOpen && leftMs < 0,
    found: request.found,
    failure: request.failure,
    job_id: request.jobId,
    receipt_event_id: request.receiptEventId,
    created_at: request.createdAt,
    ready_at: request.readyAt,
    answer_until: request.answerUntil,
    answered_at: request.answeredAt,
  };
}
