// A delivery says whether it tells what changed or everybody.
import type { Migration } from '../migration.ts';

export const deliveryMode: Migration = {
  name: '0024-delivery-mode',
  why: 'Memberships end at platforms, so a whole audience is told again from time to time. One column with a default.',
  async up(trx) {
    await trx.schema.alterTable('deliveries', (table) => {
      table.string('mode', 40).notNullable().defaultTo('delta');
    });
  },
  async down(trx) {
    await trx.schema.alterTable('deliveries', (table) => table.dropColumn('mode'));
  },
};
