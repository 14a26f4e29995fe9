// Access requests with their sealed answers, and which telling of a destination was which delivery.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const accessRequests: Migration = {
  name: '0027-access-requests',
  why: 'Persons may ask what is held of them, and to whom it went when. New tables only.',
  async up(trx) {
    await createTable(
      trx,
      'access_requests',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('reference').nullable();
        c.id('status');
        c.document('named');
        c.document('found').nullable();
        // Sealed under a key of its own, which is destroyed with it.
        c.document('answer').nullable();
        c.document('failure').nullable();
        c.id('job_id');
        c.id('receipt_event_id').nullable();
        c.instant('received_at');
        c.instant('due_at');
        c.instant('created_at');
        c.instant('ready_at').nullable();
        c.instant('answer_until').nullable();
        c.instant('answered_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['status', 'answer_until']);
      },
    );
    await createTable(trx, 'delivery_rounds', (c) => {
      c.id('delivery_id').primary().references('deliveries.id');
      c.count('round');
    });
  },
  async down(trx) {
    for (const table of ['delivery_rounds', 'access_requests']) await trx.schema.dropTable(table);
  },
};
