// The leaves of the audit log.
import { createTable } from '../columns.ts';
import type { Migration } from '../migrate.ts';

export const auditLog: Migration = {
  name: '0006-audit-log',
  why: 'Every change and every decision leaves an event here. New table only.',
  async up(trx) {
    await createTable(trx, 'audit_leaves', (c) => {
      c.count('leaf_index').primary();
      c.id('event_id').unique();
      c.document('leaf');
    });
  },
  async down(trx) {
    await trx.schema.dropTable('audit_leaves');
  },
};
