// Deliveries that wait for a person because they are much larger than any before, and rows that a platform did not take.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const heldAndDeadLetters: Migration = {
  name: '0035-held-and-dead-letters',
  why: 'A mistake in a segment must not reach a platform by itself, and rejected rows must not be lost. A table and two empty columns.',
  async up(trx) {
    await trx.schema.alterTable('deliveries', (table) => {
      // Persons, as they may be told; null of deliveries from before.
      table.bigInteger('volume').nullable();
      table.text('held').nullable();
    });
    await createTable(
      trx,
      'dead_letters',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('delivery_id').references('deliveries.id');
        c.id('activation_id');
        c.id('audience_id');
        c.id('destination_id');
        // rejected_rows, failed_batch, not_sent, invalid_rows
        c.id('kind');
        c.document('codes');
        c.count('rows');
        c.count('is_retryable');
        // waiting, retried, destroyed
        c.id('status');
        // Ids under a key of their own; null where the engine knows them still, and once they are gone.
        c.document('sealed').nullable();
        c.id('retry_delivery_id').nullable();
        c.instant('created_at');
        c.instant('expires_at');
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['audience_id', 'destination_id']);
      },
    );
  },
  async down(trx) {
    await trx.schema.dropTable('dead_letters');
    await trx.schema.alterTable('deliveries', (table) => table.dropColumns('volume', 'held'));
  },
};
