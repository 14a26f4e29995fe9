// The operations of dead letters: counts and codes, never an id.
import type { DeadLetter as DeadLetterBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type DeadLetter, deadLetters } from './dead-letter.ts';
import { retryDeadLetter } from './dead-letter-service.ts';

export function deadLetterHandlers(
  ground: Ground,
): Pick<Handlers, 'listDeadLetters' | 'getDeadLetter' | 'retryDeadLetter'> {
  const { knex } = ground.db;
  return {
    async listDeadLetters({ tenantId, query }) {
      const where = {
        tenant_id: tenantId,
        ...(query.delivery_id === undefined ? {} : { delivery_id: query.delivery_id }),
        ...(query.status === undefined ? {} : { status: query.status }),
      };
      return pageOf(await deadLetters.list(knex, where, pageRange(query)), query, letterBody);
    },
    async getDeadLetter({ tenantId, params }) {
      return letterBody(await deadLetters.get(knex, params.dead_letter_id, { tenant_id: tenantId }));
    },
    async retryDeadLetter(request) {
      return letterBody(await retryDeadLetter(ground, tenantCaller(request), request.params.dead_letter_id));
    },
  };
}

function letterBody(letter: DeadLetter): DeadLetterBody {
  return {
    id: letter.id,
    delivery_id: letter.deliveryId,
    activation_id: letter.activationId,
    destination_id: letter.destinationId,
    kind: letter.kind,
    codes: { ...letter.codes },
    rows: Number(letter.rows),
    retryable: letter.status === 'waiting' && Number(letter.isRetryable) === 1,
    status: letter.status,
    retry_delivery_id: letter.retryDeliveryId,
    created_at: letter.createdAt,
    expires_at: letter.expiresAt,
  };
}
