// Whose turn it is at a platform, over all workers.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const destinationPaces: Migration = {
  name: '0039-destination-paces',
  why: 'A platform counts the requests of an account, however many workers send them. A small table, a row for each account.',
  async up(trx) {
    await createTable(
      trx,
      'destination_paces',
      (c) => {
        c.id('tenant_id');
        // Of the destination, or of the platform's account that several destinations fill.
        c.digest('account');
        // The next batch goes out no earlier.
        c.instant('free_from');
        // The process whose batch is out; null for none.
        c.id('held_by').nullable();
        c.instant('held_until');
        // The process that found it held and waits, so that it comes next.
        c.id('wanted_by').nullable();
        c.instant('wanted_until');
      },
      (t) => t.primary(['tenant_id', 'account']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('destination_paces');
  },
};
