// Asking for an erasure: whoever asks on behalf of a person hands in digests and record ids, which from here on are only
// readable to the one job that erases.
import type { DeletionRequest as DeletionRequestBody } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type DeletionRequest, deletionRequests } from './deletion-request.ts';
import { DAY_MS, DUE_IN_DAYS } from './limits.ts';
import { countNamed, type SealedPersons, sealNamedPersons } from './named-persons.ts';
import { ensureTombstoneKey } from './tombstones.ts';

export interface DeletionWish {
  readonly tenantId: string;
  readonly by: Pick<AuditDraft, 'tenantId' | 'actor'>;
  readonly source: DeletionRequestBody['source'];
  readonly persons: SealedPersons;
  readonly unmatchable?: readonly string[];
  readonly reference?: string | undefined;
  readonly receivedAt?: string | undefined;
  readonly dueInDays?: number | undefined;
  readonly maxPersons?: number | undefined;
}

/** `also` is part of the transaction that records the request. */
export async function requestDeletion(
  ground: Ground,
  wish: DeletionWish,
  also: (tx: AuditedTransaction, request: DeletionRequest) => Promise<void> = async () => {},
): Promise<DeletionRequest> {
  const { tenantId, source } = wish;
  const request = newDeletionRequest(wish, instantOf(ground.clock));
  const job = { tenantId, jobId: request.jobId };
  const sealed = await sealNamedPersons(ground.rootKey, job, wish.persons);
  const event = {
    ...wish.by,
    event: 'deletion.requested',
    outcome: 'succeeded',
    subject: { kind: 'deletion-request', id: request.id },
    detail: { source, due: request.dueAt, ...request.named },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    await ensureTombstoneKey(ground, tx, tenantId);
    await deletionRequests.insert(tx, request);
    await insertJob(
      tx,
      {
        id: request.jobId,
        kind: 'erase',
        tenantId,
        subject: { kind: 'deletion-request', id: request.id },
        input: { sealed, ...(wish.maxPersons === undefined ? {} : { maxPersons: wish.maxPersons }) },
        createdBy: wish.by.actor.id,
      },
      request.createdAt,
    );
    await also(tx, request);
  });
  return request;
}

export function newDeletionRequest(wish: DeletionWish, now: string): DeletionRequest {
  const receivedAt = wish.receivedAt === undefined ? now : new Date(wish.receivedAt).toISOString();
  const dueAt = new Date(Date.parse(receivedAt) + (wish.dueInDays ?? DUE_IN_DAYS) * DAY_MS).toISOString();
  return {
    id: newId('del'),
    tenantId: wish.tenantId,
    source: wish.source,
    reference: wish.reference ?? null,
    status: 'queued',
    named: countNamed(wish.persons),
    unmatchable: wish.unmatchable ?? null,
    outcomes: null,
    erased: null,
    failure: null,
    jobId: newId('job'),
    receiptEventId: null,
    receivedAt,
    dueAt,
    createdAt: now,
    erasedAt: null,
    completedAt: null,
  };
}
