// What deliveries told their receivers, so that the next one is compared with it; releases by pair of tenants; whose budget a debit takes.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const audienceGate: Migration = {
  name: '0014-audience-gate',
  why: 'Audiences are decided on noise, and budgets hold for datasets wherever they are contributed. New tables only; debits of before count in their collaboration.',
  async up(trx) {
    await createTable(
      trx,
      'audience_tellings',
      (c) => {
        // The delivery that told it.
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('audience_id');
        c.id('destination_id');
        c.count('round');
        // The question that was told, without a person in it.
        c.document('question');
        c.instant('told_at');
        // Since the platform confirmed every change.
        c.instant('confirmed_at').nullable();
      },
      (t) => t.index(['audience_id', 'destination_id', 'round']),
    );
    await createTable(
      trx,
      'releases',
      (c) => {
        c.id('subject_id');
        c.id('low_tenant_id');
        c.id('high_tenant_id');
        c.instant('created_at');
      },
      (t) => {
        t.primary(['subject_id', 'low_tenant_id', 'high_tenant_id']);
        t.index(['low_tenant_id', 'high_tenant_id', 'created_at']);
      },
    );
    await createTable(
      trx,
      'privacy_debit_datasets',
      (c) => {
        c.id('debit_id').references('privacy_debits.id');
        c.id('dataset_id');
        // Who learns of its persons.
        c.id('partner_tenant_id');
      },
      (t) => {
        t.primary(['debit_id', 'dataset_id', 'partner_tenant_id']);
        t.index(['dataset_id', 'partner_tenant_id']);
      },
    );
  },
  async down(trx) {
    for (const table of ['privacy_debit_datasets', 'releases', 'audience_tellings']) await trx.schema.dropTable(table);
  },
};
