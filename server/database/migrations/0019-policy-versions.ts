// Policy sets by their hash, versions of policies with what came of them, and the questions of recorded decisions.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const policyVersions: Migration = {
  name: '0019-policy-versions',
  why: 'Policies change at run time, every decision points to a set that stays readable, and a change is tried on what was decided before. New tables only.',
  async up(trx) {
    await createTable(trx, 'policy_sets', (c) => {
      c.digest('hash').primary();
      // JSON: the schema, and each policy's id and text.
      c.document('source');
      // JSON list of the tenants whose own policies are in it: they alone may read it. Empty: everybody.
      c.document('tenant_ids');
      c.instant('created_at');
    });
    await createTable(
      trx,
      'policy_versions',
      (c) => {
        c.id('id').primary();
        // NULL: the policies of the service; otherwise those that a tenant adds for itself.
        c.id('tenant_id').nullable().references('tenants.id');
        c.count('number');
        c.id('status');
        c.document('policies');
        c.digest('set_hash');
        // The set that it was compared with; of another it would be another change.
        c.digest('based_on');
        // Of the policies that the service shipped with then.
        c.digest('shipped_hash');
        // 1 where it may allow more than what was in force before: approvals given under that do not hold any more.
        c.count('loosens');
        c.document('comment');
        c.document('report');
        c.id('proposed_by');
        c.instant('created_at');
        c.instant('in_force_at').nullable();
        c.instant('ended_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['status']);
      },
    );
    await createTable(
      trx,
      'decision_questions',
      (c) => {
        c.id('event_id').primary();
        c.id('tenant_id').nullable();
        c.id('gate');
        c.id('event');
        c.id('subject_kind');
        c.id('subject_id');
        c.id('outcome');
        // JSON, without a person and with counts as they may be shown.
        c.document('question');
        c.instant('instant');
      },
      (t) => t.index(['gate', 'instant']),
    );
  },
  async down(trx) {
    for (const table of ['decision_questions', 'policy_versions', 'policy_sets']) await trx.schema.dropTable(table);
  },
};
