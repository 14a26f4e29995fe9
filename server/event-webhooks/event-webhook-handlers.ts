// The operations of event webhooks.
import type { EventWebhook as EventWebhookBody } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Handlers } from '../http/operation.ts';
import { pageOf, pageRange } from '../http/record-page.ts';
import { tenantCaller } from '../http/tenant-caller.ts';
import { type EventWebhook, eventWebhooks } from './event-webhook.ts';
import { createEventWebhook, deleteEventWebhook } from './event-webhook-service.ts';

type Operations = 'listEventWebhooks' | 'createEventWebhook' | 'getEventWebhook' | 'deleteEventWebhook';

export function eventWebhookHandlers(ground: Ground): Pick<Handlers, Operations> {
  const { knex } = ground.db;
  return {
    async listEventWebhooks({ tenantId, query }) {
      const found = await eventWebhooks.list(knex, { tenant_id: tenantId, deleted_at: null }, pageRange(query));
      return pageOf(found, query, webhookBody);
    },
    async createEventWebhook(request) {
      const { url, events, signature = 'hmac-sha256' } = request.body;
      const made = await createEventWebhook(ground, tenantCaller(request), { url, events, signature });
      return { ...webhookBody(made.webhook), verification_key: made.verificationKey };
    },
    async getEventWebhook({ tenantId, params }) {
      const where = { tenant_id: tenantId, deleted_at: null };
      return webhookBody(await eventWebhooks.get(knex, params.event_webhook_id, where));
    },
    async deleteEventWebhook(request) {
      await deleteEventWebhook(ground, tenantCaller(request), request.params.event_webhook_id);
      return undefined;
    },
  };
}

function webhookBody(webhook: EventWebhook): EventWebhookBody {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    status: webhook.status,
    failure: webhook.failure,
    attempts: webhook.attempts,
    retry_at: webhook.retryAt,
    told_at: webhook.toldAt,
    verification_key: null,
    created_at: webhook.createdAt,
  };
}
