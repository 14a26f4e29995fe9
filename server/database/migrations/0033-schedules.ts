// Deliveries that run by themselves, at times of a rule.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const schedules: Migration = {
  name: '0033-schedules',
  why: 'Audiences change and memberships end, so deliveries are asked for again and again. A new table only.',
  async up(trx) {
    await createTable(
      trx,
      'schedules',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('activation_id').references('activations.id');
        c.id('mode');
        c.document('rule');
        c.document('time_zone');
        c.instant('starts_at');
        // active, paused
        c.id('status');
        c.id('paused_because').nullable();
        // Of an active one: the sweep starts whatever lies before now, once.
        c.instant('next_run_at').nullable();
        c.instant('last_run_at').nullable();
        c.id('last_delivery_id').nullable();
        c.id('created_by');
        c.instant('created_at');
      },
      (t) => t.index(['status', 'next_run_at']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('schedules');
  },
};
