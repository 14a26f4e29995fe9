// Destinations, activations with their approvals, and deliveries.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const activations: Migration = {
  name: '0012-activations',
  why: 'What leaves, to where, approved by whom. New tables only; credentials are among the wrapped keys, activation ids in the engine.',
  async up(trx) {
    await createTable(
      trx,
      'destinations',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('name');
        c.id('kind');
        c.id('region');
        c.document('settings');
        c.instant('created_at');
        c.instant('deleted_at').nullable();
        c.instant('last_tested_at').nullable();
        c.document('last_test_outcome').nullable();
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'activations',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('audience_id').references('audiences.id');
        c.id('destination_id').references('destinations.id');
        c.id('purpose');
        c.id('status');
        c.id('requested_by');
        c.digest('terms_hash');
        c.document('dry_run').nullable();
        c.instant('created_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'approvals',
      (c) => {
        c.id('id').primary();
        c.id('activation_id').references('activations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('status');
        c.digest('terms_hash');
        c.document('summary');
        c.id('requested_by');
        c.id('decided_by').nullable();
        c.document('comment').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
        c.instant('decided_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['activation_id']);
      },
    );
    await createTable(
      trx,
      'deliveries',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('activation_id').references('activations.id');
        c.id('status');
        c.document('phase');
        c.id('job_id');
        c.document('report').nullable();
        c.document('decision').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
        c.instant('finished_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['activation_id', 'id']);
      },
    );
  },
  async down(trx) {
    for (const table of ['deliveries', 'approvals', 'activations', 'destinations']) await trx.schema.dropTable(table);
  },
};
