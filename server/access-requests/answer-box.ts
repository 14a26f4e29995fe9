// The answer between the worker that gathered it and the officer who takes it: sealed under a key of its own, destroyed with that key
// when its days are over, and before if anybody of the tenant is erased, who might be the one it speaks of.
import { randomBytes } from 'node:crypto';
import type { PersonAnswer } from '../../openapi/generated/api.ts';
import { keepLocked, type Unreleased, unreleased } from '../../policies/release.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { SYMMETRIC_KEY_BYTES } from '../keys/key-ring.ts';
import { type KeyName, unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { type AccessRequest, accessRequests, answerKey } from './access-request.ts';

type Owner = Pick<AccessRequest, 'id' | 'tenantId'>;

/** In the transaction that ends the gathering. Answers the sealed text. */
export async function sealAnswer(
  tx: AuditedTransaction,
  ground: Ground,
  { owner, answer }: { owner: Owner; answer: Unreleased<PersonAnswer> },
): Promise<string> {
  const key = randomBytes(SYMMETRIC_KEY_BYTES);
  await ground.keys.destroyKey(tx, answerKey(owner));
  await ground.keys.addKey(tx, answerKey(owner), key);
  let sealed = '';
  await keepLocked(answer, async (value) => {
    sealed = await wrapKey(key, boxName(owner), Buffer.from(JSON.stringify(value)));
  });
  return sealed;
}

/** Throws `state_conflict` for an answer that is not there yet, or not any more. */
export async function openAnswer(ground: Ground, request: AccessRequest): Promise<Unreleased<PersonAnswer>> {
  const isOver = request.answerUntil !== null && request.answerUntil <= instantOf(ground.clock);
  if (request.answer === null || isOver) {
    const detail = `There is no answer to take: the request is ${isOver ? 'past the days that its answer is kept' : request.status}.`;
    throw new ServiceError('state_conflict', { detail });
  }
  const { key } = await ground.keys.getKey(answerKey(request));
  const opened = await unwrapKey(key, boxName(request), request.answer);
  return unreleased(JSON.parse(Buffer.from(opened).toString('utf8')) as PersonAnswer);
}

/** Answers how many there were. */
export async function destroyAnswersOf(tx: AuditedTransaction, ground: Ground, tenantId: string): Promise<number> {
  const rows = await accessRequests.listAll(tx.trx, { tenant_id: tenantId });
  const sealed = rows.filter(({ answer }) => answer !== null);
  for (const request of sealed) await destroyAnswer(tx, ground, request);
  return sealed.length;
}

/** For the sweeper. */
export async function destroyOldAnswers(ground: Ground): Promise<void> {
  const { knex } = ground.db;
  const over = knex('access_requests').whereNotNull('answer').where('answer_until', '<=', instantOf(ground.clock));
  for (const id of await over.pluck<string[]>('id')) {
    const { tenantId } = await accessRequests.get(knex, id);
    const event = {
      tenantId,
      actor: { kind: 'service', id: 'sweeper' },
      event: 'access.destroyed',
      outcome: 'succeeded',
      subject: { kind: 'access-request', id },
      detail: { reason: 'expired' },
    } as const;
    await auditedTransaction(ground.db, event, async (tx) =>
      destroyAnswer(tx, ground, await accessRequests.get(tx.trx, id)),
    );
  }
}

/** One that was taken stays answered. */
async function destroyAnswer(tx: AuditedTransaction, ground: Ground, request: AccessRequest): Promise<void> {
  const status = request.status === 'answered' ? request.status : 'destroyed';
  await accessRequests.save(tx, { ...request, answer: null, status });
  await ground.keys.destroyKey(tx, answerKey(request));
}

function boxName({ id, tenantId }: Owner): KeyName {
  return { purpose: 'person-answer', ownerId: tenantId, objectId: id, version: 1 };
}
