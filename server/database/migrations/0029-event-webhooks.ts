// Addresses that are told of chosen audit events.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const eventWebhooks: Migration = {
  name: '0029-event-webhooks',
  why: 'A tenant is told of events as they are logged; each address keeps how far it has got. A new table only.',
  async up(trx) {
    await createTable(
      trx,
      'event_webhooks',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('url');
        c.document('events');
        // active, failing (tried again), gone (the receiver said so)
        c.id('status');
        // The first event that was not told yet.
        c.count('next_index');
        c.count('attempts');
        c.instant('retry_at').nullable();
        c.instant('leased_until').nullable();
        c.id('failure').nullable();
        c.instant('told_at').nullable();
        c.id('created_by');
        c.instant('created_at');
        c.instant('deleted_at').nullable();
      },
      (t) => t.index(['tenant_id', 'id']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('event_webhooks');
  },
};
