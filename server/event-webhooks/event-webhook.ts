// An event webhook: an address of a tenant's own that is told of chosen events, each at least once and in the order of the log.
import { recordStore } from '../database/record-store.ts';
import { rowMapping } from '../database/row-mapping.ts';
import type { KeySubject } from '../keys/key-store.ts';

export interface EventWebhook {
  readonly id: string;
  readonly tenantId: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly status: 'active' | 'failing' | 'gone';
  readonly nextIndex: number;
  readonly attempts: number;
  readonly retryAt: string | null;
  readonly leasedUntil: string | null;
  /** Why the last message was not taken: a code, never the receiver's words. */
  readonly failure: string | null;
  readonly toldAt: string | null;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly deletedAt: string | null;
}

export const eventWebhookMapping = rowMapping<EventWebhook>(['events']);
export const eventWebhooks = recordStore('event_webhooks', { noun: 'event webhook', mapping: eventWebhookMapping });

export function signingKeyOf({ id, tenantId }: Pick<EventWebhook, 'id' | 'tenantId'>): KeySubject {
  return { purpose: 'credential', ownerId: tenantId, objectId: id };
}
