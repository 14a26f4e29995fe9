// Asking what is held of a person, and handing the answer out to the officer who tells them.
import type { NewAccessRequest, PersonAnswer } from '../../openapi/generated/api.ts';
import { accessRequest as accessQuestion } from '../../policies/access.ts';
import { recordedDecision, release } from '../../policies/release.ts';
import { getAuditLog } from '../audit-log/audit-log.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { DAY_MS, DUE_IN_DAYS } from '../deletions/limits.ts';
import { countNamed, sealNamedPersons } from '../deletions/named-persons.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { type AccessRequest, accessRequests } from './access-request.ts';
import { openAnswer } from './answer-box.ts';
import { PERSONS_AT_MOST } from './limits.ts';

export async function requestAccess(
  ground: Ground,
  caller: TenantCaller,
  wish: NewAccessRequest,
): Promise<AccessRequest> {
  const request = newAccessRequest(caller.tenantId, wish, instantOf(ground.clock));
  const job = { tenantId: request.tenantId, jobId: request.jobId };
  const sealed = await sealNamedPersons(ground.rootKey, job, wish.persons);
  const subject = { kind: 'access-request', id: request.id };
  const event = {
    ...byCaller(caller),
    event: 'access.requested',
    outcome: 'succeeded',
    subject,
    detail: { due: request.dueAt, ...request.named },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    await accessRequests.insert(tx, request);
    await insertJob(
      tx,
      {
        id: request.jobId,
        kind: 'gather-person',
        tenantId: request.tenantId,
        subject,
        input: { sealed, maxPersons: wish.max_persons ?? PERSONS_AT_MOST },
        createdBy: caller.memberId,
      },
      request.createdAt,
    );
  });
  return request;
}

function newAccessRequest(tenantId: string, wish: NewAccessRequest, now: string): AccessRequest {
  const receivedAt = wish.received_at === undefined ? now : new Date(wish.received_at).toISOString();
  return {
    id: newId('acc'),
    tenantId,
    reference: wish.reference ?? null,
    status: 'queued',
    named: countNamed(wish.persons),
    found: null,
    answer: null,
    failure: null,
    jobId: newId('job'),
    receiptEventId: null,
    receivedAt,
    dueAt: new Date(Date.parse(receivedAt) + (wish.due_in_days ?? DUE_IN_DAYS) * DAY_MS).toISOString(),
    createdAt: now,
    readyAt: null,
    answerUntil: null,
    answeredAt: null,
  };
}

/** Each time is an event with the decision that let it out; the first is the receipt of the request. */
export async function handOutAnswer(ground: Ground, caller: TenantCaller, id: string): Promise<PersonAnswer> {
  const { tenantId, memberId, roles } = caller;
  const box = await openAnswer(ground, await accessRequests.get(ground.db.knex, id, { tenant_id: tenantId }));
  const decision = ground.policies.decide(
    accessQuestion({
      member: { id: memberId, tenantId, roles },
      permission: 'person:answer',
      resource: { type: 'access-request', id, tenantId },
    }),
  );
  const event = {
    ...byCaller(caller),
    event: 'access.answered',
    outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
    subject: { kind: 'access-request', id },
    decision,
    detail: {},
  } as const;
  const { eventId } = await auditedTransaction(ground.db, event, async (tx) => {
    const request = await accessRequests.get(tx.trx, id, { tenant_id: tenantId });
    if (request.answeredAt !== null) return;
    const answeredAt = instantOf(ground.clock);
    await accessRequests.save(tx, { ...request, status: 'answered', answeredAt, receiptEventId: tx.eventId });
  });
  const { checkpoints } = await getAuditLog(ground);
  await checkpoints.checkpointNow();
  return release(box, recordedDecision(decision, eventId)).value;
}
