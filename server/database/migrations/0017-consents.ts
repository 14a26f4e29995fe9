// First-party evidence of consent: what single persons agreed to and took back, kept apart from the datasets that name them.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const consents: Migration = {
  name: '0017-consents',
  why: 'Consent outlives every load of the file that named the person. A new table; persons stand in it by keys under the tenant’s key.',
  async up(trx) {
    await createTable(
      trx,
      'consent_records',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('change_id');
        c.id('person_by');
        // Sixteen bytes under the tenant's key, in hex: a match key, or the key of a record id.
        c.digest('person_key');
        // Of record ids alone: they mean something in their own dataset only.
        c.id('dataset_id').nullable().references('datasets.id');
        // Null in a withdrawal that names none: all of them.
        c.document('purposes').nullable();
        c.document('destinations').nullable();
        c.digest('text_sha256').nullable();
        c.document('source').nullable();
        c.instant('obtained_at').nullable();
        c.instant('expires_at').nullable();
        c.instant('withdrawn_at').nullable();
        // When the removals of what ran out were asked for.
        c.instant('expiry_seen_at').nullable();
        c.id('created_by');
        c.instant('created_at');
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['tenant_id', 'person_key']);
        t.index(['change_id']);
        t.index(['expires_at', 'expiry_seen_at']);
      },
    );
  },
  async down(trx) {
    await trx.schema.dropTable('consent_records');
  },
};
