// The body of one message: type, time and data as Standard Webhooks has it, with the ids to add and to remove. Pure.
import type { Batch, BatchRules } from '../kit/batches.ts';
import { RowError } from '../kit/errors.ts';
import type { DeliveryProgress } from '../kit/progress.ts';
import { ENVELOPE_BYTES, MAX_ID_LENGTH, MAX_ROWS_PER_BODY } from './limits.ts';
import type { WebhookSettings } from './settings.ts';

interface DeliveryFacts {
  readonly id: string;
  readonly startedAtMs: number;
}

export function batchRules(settings: WebhookSettings): BatchRules {
  return {
    checkRow: (id) => (isSendable(id) ? undefined : new RowError('id_invalid')),
    rowBytes: (id) => Buffer.byteLength(JSON.stringify(id)) + 1,
    maxRows: MAX_ROWS_PER_BODY,
    maxBytes: settings.max_body_bytes - ENVELOPE_BYTES,
    idForm: 'text',
  };
}

/** An id longer than the smallest body would hold no row at all. */
const isSendable = (id: string): boolean =>
  id !== '' &&
  id.length <= MAX_ID_LENGTH &&
  /^[^\p{Cc}]+$/u.test(id) &&
  id.isWellFormed() &&
  Buffer.byteLength(id) <= MAX_ID_LENGTH;

export function changedBody(batch: Batch, delivery: DeliveryFacts, settings: WebhookSettings): Buffer {
  const added: string[] = [];
  const removed: string[] = [];
  batch.forEach((id, isRemoval) => {
    (isRemoval ? removed : added).push(id);
  });
  const data = { delivery: delivery.id, batch: batch.index, id_type: settings.id_type, added, removed };
  return bodyOf(batch.erase ? 'audience.erased' : 'audience.changed', delivery, data);
}

export function deliveredBody(progress: DeliveryProgress, delivery: DeliveryFacts, settings: WebhookSettings): Buffer {
  const { batches, added, removed } = progress.taken;
  return bodyOf('audience.delivered', delivery, {
    delivery: delivery.id,
    id_type: settings.id_type,
    batches,
    added,
    removed,
  });
}

export function testBody(delivery: DeliveryFacts): Buffer {
  return bodyOf('audience.test', delivery, {});
}

/** The time is that of the delivery, so that a repeated message has the same body. */
function bodyOf(type: string, delivery: DeliveryFacts, data: Record<string, unknown>): Buffer {
  return Buffer.from(JSON.stringify({ type, timestamp: new Date(delivery.startedAtMs).toISOString(), data }));
}
