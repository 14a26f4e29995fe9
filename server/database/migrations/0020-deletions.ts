// Deletion requests, and the tombstones that keep erased persons from coming back.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const deletions: Migration = {
  name: '0020-deletions',
  why: 'Persons may ask to be erased, and stay so. New tables only.',
  async up(trx) {
    await createTable(
      trx,
      'deletion_requests',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('source');
        c.document('reference').nullable();
        c.id('status');
        // How many digests and record ids were named; never which.
        c.document('named');
        c.document('unmatchable').nullable();
        c.document('outcomes').nullable();
        c.document('erased').nullable();
        c.document('failure').nullable();
        c.id('job_id');
        c.id('receipt_event_id').nullable();
        c.instant('received_at');
        c.instant('due_at');
        c.instant('created_at');
        c.instant('erased_at').nullable();
        c.instant('completed_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['status', 'due_at']);
      },
    );
    await createTable(
      trx,
      'tombstones',
      (c) => {
        c.id('tenant_id').references('tenants.id');
        // Empty for identifiers, which name a person in every dataset of the tenant; record ids name one in theirs alone.
        c.id('dataset_id');
        c.digest('tombstone');
        c.id('deletion_request_id');
        c.instant('created_at');
      },
      (t) => {
        t.primary(['tenant_id', 'dataset_id', 'tombstone']);
        t.index(['deletion_request_id']);
      },
    );
    await createTable(trx, 'ddrf_settings', (c) => {
      c.id('tenant_id').primary().references('tenants.id');
      c.document('domain').unique();
      c.document('issuers');
      c.instant('updated_at');
    });
    await createTable(
      trx,
      'ddrf_tokens',
      (c) => {
        c.id('tenant_id').references('tenants.id');
        // SHA-256 of issuer and id: a token is taken once, for ever.
        c.digest('token');
        c.instant('taken_at');
      },
      (t) => t.primary(['tenant_id', 'token']),
    );
  },
  async down(trx) {
    for (const table of ['ddrf_tokens', 'ddrf_settings', 'tombstones', 'deletion_requests'])
      await trx.schema.dropTable(table);
  },
};
