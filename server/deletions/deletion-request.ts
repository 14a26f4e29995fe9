// A deletion request: who is to be erased is never in it, only how many were named, until when, and what came of it.
import type {
  DeletionRequest as DeletionRequestBody,
  DropOutcome,
  ErasureReport,
} from '../../openapi/generated/api.ts';
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { JobFailure } from '../jobs/job.ts';
import { DAY_MS } from './limits.ts';

export interface DeletionRequest {
  readonly id: string;
  readonly tenantId: string;
  readonly source: DeletionRequestBody['source'];
  readonly reference: string | null;
  readonly status: DeletionRequestBody['status'];
  readonly named: DeletionRequestBody['named'];
  /** Datasets that the digests cannot be looked up in, as told when it was asked for. */
  readonly unmatchable: readonly string[] | null;
  readonly outcomes: readonly DropOutcome[] | null;
  readonly erased: ErasureReport | null;
  readonly failure: JobFailure | null;
  readonly jobId: string;
  readonly receiptEventId: string | null;
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly createdAt: string;
  readonly erasedAt: string | null;
  readonly completedAt: string | null;
}

export const deletionRequestMapping = rowMapping<DeletionRequest>([
  'named',
  'unmatchable',
  'outcomes',
  'erased',
  'failure',
]);

export const deletionRequests = recordStore('deletion_requests', {
  noun: 'deletion request',
  mapping: deletionRequestMapping,
});

export const OPEN_STATES = ['queued', 'erasing', 'awaiting-destinations', 'failed'] as const;

export function deletionRequestBody(request: DeletionRequest, now: Date): DeletionRequestBody {
  const isOpen = request.status !== 'completed';
  const leftMs = Date.parse(request.dueAt) - now.getTime();
  return {
    id: request.id,
    source: request.source,
    reference: request.reference,
    status: request.status,
    named: request.named,
    received_at: request.receivedAt,
    due_at: request.dueAt,
    days_left: isOpen ? Math.floor(leftMs / DAY_MS) : null,
    overdue: isOpen && leftMs < 0,
    unmatchable_dataset_ids: [...(request.unmatchable ?? [])],
    drop_outcomes: request.outcomes === null ? null : [...request.outcomes],
    erased: request.erased,
    failure: request.failure,
    job_id: request.jobId,
    receipt_event_id: request.receiptEventId,
    created_at: request.createdAt,
    erased_at: request.erasedAt,
    completed_at: request.completedAt,
  };
}
