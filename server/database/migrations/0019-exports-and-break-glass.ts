// Exports of keys and break-glass reads: what was asked for, by whom, until when.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const exportsAndBreakGlass: Migration = {
  name: '0019-exports-and-break-glass',
  why: 'Keys leave for escrow, and closed things are opened for a time, by two people alone. New tables only; no key is in them.',
  async up(trx) {
    await createTable(
      trx,
      'key_exports',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('collaboration_id').nullable();
        c.id('status');
        c.document('reason');
        c.document('recipient_public_key');
        // Names of keys, never keys.
        c.document('keys');
        c.id('requested_by');
        c.instant('created_at');
        c.instant('collect_until').nullable();
        c.instant('collected_at').nullable();
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'break_glass_reads',
      (c) => {
        c.id('id').primary();
        // Whose closed things are read.
        c.id('tenant_id').references('tenants.id');
        c.id('reader');
        c.document('permissions');
        c.count('minutes');
        c.document('reason');
        c.id('status');
        c.count('uses');
        c.instant('created_at');
        c.instant('until').nullable();
        c.instant('ended_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['reader', 'id']);
      },
    );
  },
  async down(trx) {
    for (const table of ['break_glass_reads', 'key_exports']) await trx.schema.dropTable(table);
  },
};
