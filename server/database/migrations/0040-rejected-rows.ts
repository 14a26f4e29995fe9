// Rejected rows told row by row: which batch a dead letter is of, and where its rows stand among those of its delivery.
import type { Migration } from '../migration.ts';

export const rejectedRows: Migration = {
  name: '0040-rejected-rows',
  why: 'A report names each row that a platform names, with its code, and never its id. Two empty columns.',
  async up(trx) {
    await trx.schema.alterTable('dead_letters', (table) => {
      table.bigInteger('batch').nullable();
      // Null where rows are only counted.
      table.bigInteger('first_row').nullable();
      table.index(['delivery_id', 'id']);
    });
  },
  async down(trx) {
    await trx.schema.alterTable('dead_letters', (table) => {
      table.dropIndex(['delivery_id', 'id']);
      table.dropColumns('batch', 'first_row');
    });
  },
};
