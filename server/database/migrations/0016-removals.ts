// Persons to be taken out at destinations, each with its clock, and the ids to take out until the destination confirmed.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const removals: Migration = {
  name: '0016-removals',
  why: 'Who withdrew or was erased must leave destinations at once. New tables only; ids rest encrypted and go with their key.',
  async up(trx) {
    await createTable(
      trx,
      'removals',
      (c) => {
        c.id('id').primary();
        // Whose persons they are, and whose destination it is: two tenants in a collaboration.
        c.id('tenant_id').references('tenants.id');
        c.id('destination_tenant_id').references('tenants.id');
        c.id('activation_id').references('activations.id');
        c.id('audience_id').references('audiences.id');
        c.id('destination_id').references('destinations.id');
        c.id('destination_kind');
        c.id('collaboration_id').nullable();
        // What asked for it, such as a change of consent or a deletion request.
        c.id('request_kind');
        c.id('request_id');
        c.id('reason');
        c.id('status');
        c.id('job_id').nullable();
        c.count('attempts');
        c.document('report').nullable();
        c.id('erasure').nullable();
        c.document('failure').nullable();
        c.instant('requested_at');
        c.instant('due_at');
        c.instant('confirmed_at').nullable();
        c.instant('tried_at').nullable();
        c.id('receipt_event_id').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['destination_tenant_id', 'id']);
        t.index(['request_id']);
        t.index(['status', 'tried_at']);
      },
    );
    await createTable(
      trx,
      'removal_outbox',
      (c) => {
        c.id('removal_id').references('removals.id');
        c.count('part');
        c.document('sealed');
      },
      (t) => t.primary(['removal_id', 'part']),
    );
  },
  async down(trx) {
    for (const table of ['removal_outbox', 'removals']) await trx.schema.dropTable(table);
  },
};
