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
        c.id('collaboration_id');
        c.id('audience_id');
        c.id('destination_id');
        c.id('destination_kind');
        // Null while it is decided; no other for the same receiver is decided meanwhile.
        c.count('round').nullable();
        // The question that was told, without a person in it.
        c.document('question').nullable();
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
        // Of the two the first in alphabetical order.
        c.id('tenant_id');
        c.id('other_tenant_id');
        c.instant('created_at');
      },
      (t) => {
        t.primary(['subject_id', 'tenant_id', 'other_tenant_id']);
        t.index(['tenant_id', 'other_tenant_id', 'created_at']);
      },
    );
    await createTable(
      trx,
      'privacy_debit_datasets',
      (c) => {
        c.id('debit_id').references('privacy_debits.id');
        c.id('dataset_id');
        // Whose dataset it is, and who learns of its persons.
        c.id('tenant_id');
        c.id('partner_tenant_id');
        // Whole 10⁻¹² ρ: the debit, and the whole budget of its collaboration in so many days.
        c.count('cost');
        c.count('whole');
        c.count('period_days');
        c.instant('created_at');
      },
      (t) => {
        t.primary(['debit_id', 'dataset_id', 'partner_tenant_id']);
        t.index(['dataset_id', 'partner_tenant_id', 'created_at']);
      },
    );
  },
  async down(trx) {
    for (const table of ['privacy_debit_datasets', 'releases', 'audience_tellings']) await trx.schema.dropTable(table);
  },
};
