// Wrapped keys: deleting a row shreds what its key protected.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const keys: Migration = {
  name: '0002-keys',
  why: 'Keys of tenants, collaborations, uploads and salts, each wrapped by the root key. New table only.',
  async up(trx) {
    await createTable(
      trx,
      'wrapped_keys',
      (c) => {
        c.id('id').primary();
        c.id('purpose');
        c.id('owner_id');
        c.id('object_id');
        c.count('version');
        c.document('wrapped');
        c.document('public_part').nullable();
        c.instant('created_at');
      },
      (t) => t.unique(['purpose', 'owner_id', 'object_id', 'version']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('wrapped_keys');
  },
};
