// The operations of dead letters: counts and codes, never an id.
import type {
  DeadLetter as DeadLetterBody,
  RejectedCode as RejectedCodeBody,
  RejectedRow as RejectedRowBody,
} from '../../openapi/generated/api.ts';
import { deliveries } from '../deliveries/delivery.ts';
import { deliveryBody } from '../deliveries/delivery-handlers.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type DeadLetter, deadLetters } from './dead-letter.ts';
import { retryDeadLetter, retryRejectedRows } from './dead-letter-service.ts';
import {
  canBeRetried,
  countByCode,
  factsOf,
  listLettersOf,
  pageOfRows,
  type RejectedCode,
  type RejectedRow,
} from './rejected-rows.ts';

type Operations = 'listDeadLetters' | 'getDeadLetter' | 'retryDeadLetter' | 'listRejectedRows' | 'retryRejectedRows';

export function deadLetterHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listRejectedRows({ tenantId, params, query }) {
      const { id: deliveryId } = await deliveries.get(knex, params.delivery_id, { tenant_id: tenantId });
      const letters = await listLettersOf(knex, { deliveryId, tenantId });
      const { items, nextCursor } = pageOfRows(letters, query);
      return { items: items.map(rowBody), by_code: countByCode(letters).map(codeBody), next_cursor: nextCursor };
    },
    async retryRejectedRows(request) {
      const wish = { deliveryId: request.params.delivery_id, codes: request.body.codes };
      return deliveryBody(await retryRejectedRows(ground, tenantCaller(request), wish));
    },
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
    batch: batchOf(letter),
    codes: { ...letter.codes },
    rows: Number(letter.rows),
    retryable: canBeRetried(letter),
    status: letter.status,
    retry_delivery_id: letter.retryDeliveryId,
    created_at: letter.createdAt,
    expires_at: letter.expiresAt,
  };
}

/** From 1, as people count. */
const batchOf = ({ batch }: DeadLetter): number | null => (batch === null ? null : Number(batch) + 1);

function rowBody({ row, rows, code, letter }: RejectedRow): RejectedRowBody {
  const { id, kind, status } = letter;
  const where = { row, rows, batch: batchOf(letter), kind, code, ...factsOf(code) };
  return { ...where, retryable: canBeRetried(letter), dead_letter_id: id, status };
}

function codeBody({ code, rows, retryableRows }: RejectedCode): RejectedCodeBody {
  return { code, rows, retryable_rows: retryableRows, ...factsOf(code) };
}
