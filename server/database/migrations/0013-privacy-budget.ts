// The privacy ledger of each collaboration, the noised answers that it paid for, and what a run asks and shows.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const privacyBudget: Migration = {
  name: '0013-privacy-budget',
  why: 'What may be learnt of a collaboration is counted. Runs are kept anew: answers of before this had no noise and are not shown again.',
  async up(trx) {
    await createTable(trx, 'privacy_accounts', (c) => {
      // Its row is what debits of one collaboration queue up for.
      c.id('collaboration_id').primary();
      c.count('debits');
    });
    await createTable(
      trx,
      'privacy_debits',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id');
        c.id('tenant_id');
        c.id('subject_id');
        c.digest('snapshot');
        c.digest('question');
        // Whole 10⁻¹² ρ.
        c.count('cost');
        c.id('state');
        c.instant('created_at');
        c.instant('settled_at').nullable();
      },
      (t) => {
        t.index(['collaboration_id', 'created_at']);
        t.unique(['subject_id']);
      },
    );
    await createTable(
      trx,
      'privacy_answers',
      (c) => {
        c.id('collaboration_id');
        c.digest('snapshot');
        c.digest('question');
        c.id('debit_id').references('privacy_debits.id');
        // Noised figures: the true ones are nowhere outside the engine.
        c.document('answer');
        c.instant('created_at');
      },
      (t) => t.primary(['collaboration_id', 'snapshot', 'question']),
    );
    await trx.schema.dropTable('analysis_runs');
    await createTable(
      trx,
      'analysis_runs',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id').references('collaborations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('analysis');
        c.id('match_id').nullable().references('matches.id');
        // As it was asked, as people read it, and as it is compared.
        c.document('question');
        c.document('asked');
        c.digest('question_hash');
        c.document('snapshot');
        c.id('status');
        c.id('job_id');
        c.document('result').nullable();
        c.document('decision').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
      },
      (t) => t.index(['collaboration_id', 'id']),
    );
  },
  async down(trx) {
    await trx.schema.dropTable('analysis_runs');
    await createTable(
      trx,
      'analysis_runs',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id').references('collaborations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('analysis');
        c.id('match_id').references('matches.id');
        c.id('status');
        c.id('job_id');
        c.document('result').nullable();
        c.document('decision').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
      },
      (t) => t.index(['collaboration_id', 'id']),
    );
    for (const table of ['privacy_answers', 'privacy_debits', 'privacy_accounts']) await trx.schema.dropTable(table);
  },
};
