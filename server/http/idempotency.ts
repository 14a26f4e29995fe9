// Idempotency-Key: the first answer to a key is kept for a day and replayed to the same request; another request with that key is
// refused. Kept answers are encrypted, since one may show an API key.
import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { isUniqueViolation, writeTransaction } from '../database/write-transaction.ts';
import { ServiceError } from '../errors.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { IDEMPOTENCY_KEPT_MS, IDEMPOTENCY_STALE_MS } from './limits.ts';

export interface IdempotencyGround {
  readonly db: Database;
  readonly clock: Clock;
  readonly rootKey: Uint8Array;
}

export interface IdempotentRequest {
  readonly credentialId: string;
  readonly key: string;
  readonly request: { method: string; path: string; body: unknown };
}

interface Row {
  api_key_id: string;
  key_digest: string;
  request_digest: string;
  status: number | null;
  answer: string | null;
  created_at: string;
}

/** Runs `work` once for a key; later calls get its answer. A failed call frees the key, so that it can be tried again. */
export async function once<T>(
  ground: IdempotencyGround,
  request: IdempotentRequest,
  work: () => Promise<T>,
): Promise<T> {
  const place = { api_key_id: request.credentialId, key_digest: digest(request.key) };
  const name = { purpose: 'answer' as const, ownerId: request.credentialId, objectId: place.key_digest, version: 1 };
  const kept = await claim(ground, { ...place, request_digest: digest(JSON.stringify(request.request)) });
  if (kept !== undefined) return decodeAnswer<T>(await unwrapKey(ground.rootKey, name, kept));
  try {
    const answer = await work();
    const wrapped = await wrapKey(ground.rootKey, name, Buffer.from(JSON.stringify({ answer })));
    await writeTransaction(ground.db, (trx) =>
      trx<Row>('idempotent_answers').where(place).update({ status: 200, answer: wrapped }),
    );
    return answer;
  } catch (error) {
    await writeTransaction(ground.db, (trx) =>
      trx<Row>('idempotent_answers')
        .where({ ...place, answer: null })
        .delete(),
    );
    throw error;
  }
}

function decodeAnswer<T>(bytes: Uint8Array): T {
  return (JSON.parse(Buffer.from(bytes).toString('utf8')) as { answer: T }).answer;
}

async function claim(
  ground: IdempotencyGround,
  row: { api_key_id: string; key_digest: string; request_digest: string },
): Promise<string | undefined> {
  const now = ground.clock.now();
  const place = { api_key_id: row.api_key_id, key_digest: row.key_digest };
  return writeTransaction(ground.db, async (trx) => {
    const existing = await trx<Row>('idempotent_answers').where(place).first();
    const ageMs = existing ? now.getTime() - Date.parse(existing.created_at) : 0;
    if (existing && !isExpired(existing, ageMs)) return answerOf(existing, row.request_digest);
    if (existing) await trx<Row>('idempotent_answers').where(place).delete();
    await trx<Row>('idempotent_answers')
      .insert({ ...row, status: null, answer: null, created_at: now.toISOString() })
      .catch((error: unknown) => {
        throw isUniqueViolation(error) ? new ServiceError('idempotency_in_progress') : error;
      });
    return undefined;
  });
}

// A first request that never ended died with its process; its transaction either landed as a whole or not at all.
function isExpired(row: Row, ageMs: number): boolean {
  return ageMs > (row.answer === null ? IDEMPOTENCY_STALE_MS : IDEMPOTENCY_KEPT_MS);
}

function answerOf(row: Row, requestDigest: string): string {
  if (row.request_digest !== requestDigest) {
    throw new ServiceError('idempotency_key_reused', {
      detail: 'This Idempotency-Key came with another request before.',
    });
  }
  if (row.answer === null) throw new ServiceError('idempotency_in_progress');
  return row.answer;
}

export async function forgetOldAnswers(ground: IdempotencyGround): Promise<void> {
  const before = new Date(ground.clock.now().getTime() - IDEMPOTENCY_KEPT_MS).toISOString();
  await writeTransaction(ground.db, (trx) => trx<Row>('idempotent_answers').where('created_at', '<', before).delete());
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
