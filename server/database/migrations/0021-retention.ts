// When datasets and audiences expire.
import type { Knex } from 'knex';
import { monthsAfter } from '../../retention/expiry.ts';
import { RETENTION_MONTHS } from '../../retention/limits.ts';
import type { Migration } from '../migration.ts';

export const retention: Migration = {
  name: '0021-retention',
  why: 'Nothing is kept for ever by default. Adds columns; what is there already expires 13 months after it was made.',
  async up(trx) {
    await trx.schema.alterTable('datasets', (t) => {
      t.bigInteger('retention_months').notNullable().defaultTo(RETENTION_MONTHS);
      t.string('expires_at', 24).nullable();
      t.string('prospects_seen_at', 24).nullable();
    });
    await trx.schema.alterTable('audiences', (t) => {
      t.string('expires_at', 24).nullable();
    });
    // An objection to one purpose or one kind of destination; null is all of them.
    await trx.schema.alterTable('suppression_lists', (t) => {
      t.text('purposes').nullable();
      t.text('destination_kinds').nullable();
    });
    for (const table of ['datasets', 'audiences']) await dateRows(trx, table);
  },
  async down(trx) {
    await trx.schema.alterTable('suppression_lists', (t) => {
      t.dropColumn('destination_kinds');
      t.dropColumn('purposes');
    });
    await trx.schema.alterTable('audiences', (t) => t.dropColumn('expires_at'));
    await trx.schema.alterTable('datasets', (t) => {
      t.dropColumn('prospects_seen_at');
      t.dropColumn('expires_at');
      t.dropColumn('retention_months');
    });
  },
};

async function dateRows(trx: Knex, table: string): Promise<void> {
  const rows = (await trx(table).select('id', 'created_at')) as { id: string; created_at: string }[];
  for (const { id, created_at: at } of rows) {
    await trx(table)
      .where({ id })
      .update({ expires_at: monthsAfter(at, RETENTION_MONTHS) });
  }
}
