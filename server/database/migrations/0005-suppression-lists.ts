// Suppression lists: the list's row stands here, its entries only in the engine, re-keyed.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const suppressionLists: Migration = {
  name: '0005-suppression-lists',
  why: 'Persons that no audience may hold. New table only.',
  async up(trx) {
    await createTable(
      trx,
      'suppression_lists',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('name');
        c.id('identifier_type');
        c.id('state');
        c.count('entries');
        c.instant('created_at');
        c.instant('updated_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('suppression_lists');
  },
};
