// Questions of bidders that were answered, so that none is answered twice.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const bidderRequests: Migration = {
  name: '0031-bidder-requests',
  why: 'A bidder’s signed question is answered once, whichever process it reaches. A new table only; rows live for minutes.',
  async up(trx) {
    await createTable(
      trx,
      'bidder_requests',
      (c) => {
        c.id('destination_id').references('destinations.id');
        // SHA-256 of the id that the bidder gave its question.
        c.digest('request');
        c.instant('seen_at');
      },
      (t) => {
        t.primary(['destination_id', 'request']);
        t.index(['seen_at']);
      },
    );
  },
  async down(trx) {
    await trx.schema.dropTable('bidder_requests');
  },
};
