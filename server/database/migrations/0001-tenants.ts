// Tenants, their members and API keys, and the answers kept for idempotent requests.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const tenants: Migration = {
  name: '0001-tenants',
  why: 'Who may call the service. New tables only: no cost, no lock on existing data.',
  async up(trx) {
    await createTable(trx, 'service_state', (c) => {
      c.id('name').primary();
      c.document('value');
    });
    await createTable(trx, 'tenants', (c) => {
      c.id('id').primary();
      c.document('name').unique();
      c.id('region');
      c.id('status');
      c.instant('created_at');
    });
    await createTable(
      trx,
      'members',
      (c) => {
        c.id('id').primary();
        // NULL for an operator of the service, who belongs to no tenant.
        c.id('tenant_id').nullable().references('tenants.id');
        c.document('name');
        c.document('roles');
        c.id('status');
        c.instant('created_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'api_keys',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').nullable().references('tenants.id');
        c.id('member_id').references('members.id');
        c.document('name');
        c.document('scopes');
        c.digest('secret_digest');
        c.instant('created_at');
        c.instant('expires_at').nullable();
        c.instant('last_used_at').nullable();
        c.instant('revoked_at').nullable();
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'idempotent_answers',
      (c) => {
        c.id('api_key_id');
        c.digest('key_digest');
        c.digest('request_digest');
        // NULL while the first request is still under way.
        c.count('status').nullable();
        // Encrypted under the root key, for an answer may show an API key.
        c.document('answer').nullable();
        c.instant('created_at');
      },
      (t) => t.primary(['api_key_id', 'key_digest']),
    );
  },
  async down(trx) {
    for (const table of ['idempotent_answers', 'api_keys', 'members', 'tenants', 'service_state'])
      await trx.schema.dropTable(table);
  },
};
