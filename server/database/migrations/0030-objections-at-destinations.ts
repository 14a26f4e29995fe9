// An objection may be to a single destination.
import type { Migration } from '../migration.ts';

export const objectionsAtDestinations: Migration = {
  name: '0030-objections-at-destinations',
  why: 'A person may object to one destination of several of its kind. One column that may be empty.',
  async up(trx) {
    await trx.schema.alterTable('suppression_lists', (t) => {
      t.text('destination_ids').nullable();
    });
  },
  async down(trx) {
    await trx.schema.alterTable('suppression_lists', (t) => t.dropColumn('destination_ids'));
  },
};
