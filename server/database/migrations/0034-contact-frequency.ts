// Whom a delivery leaves alone: who is in another audience, and who was reached by too many.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const contactFrequency: Migration = {
  name: '0034-contact-frequency',
  why: 'Customers of today and people who are reached too often are left out of audiences. A small table, columns without a default.',
  async up(trx) {
    await createTable(
      trx,
      'contact_caps',
      (c) => {
        c.id('tenant_id').references('tenants.id');
        c.count('audiences').nullable();
        c.count('window_days');
        c.id('changed_by');
        c.instant('changed_at');
      },
      (t) => t.primary(['tenant_id']),
    );
    await trx.schema.alterTable('activations', (table) => {
      // Audiences and segments that are left out, each under an id of its own; null for none.
      table.text('exclusions').nullable();
    });
    await trx.schema.alterTable('deliveries', (table) => {
      table.string('decided_at', 24).nullable();
      // 1 while it is decided, so that no other of the tenant is counted beside it.
      table.bigInteger('is_deciding').notNullable().defaultTo(0);
    });
  },
  async down(trx) {
    await trx.schema.alterTable('deliveries', (table) => table.dropColumns('decided_at', 'is_deciding'));
    await trx.schema.alterTable('activations', (table) => table.dropColumn('exclusions'));
    await trx.schema.dropTable('contact_caps');
  },
};
