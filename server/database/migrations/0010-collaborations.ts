// Collaborations with their members, change proposals, contributions, matches and analysis runs.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const collaborations: Migration = {
  name: '0010-collaborations',
  why: 'Where tenants meet. New tables only. Counts of matches are not here: they stay in the engine until released.',
  async up(trx) {
    await createTable(trx, 'collaborations', (c) => {
      c.id('id').primary();
      c.document('name');
      c.id('status');
      c.id('owner_tenant_id').references('tenants.id');
      c.document('terms');
      c.instant('created_at');
      c.instant('ended_at').nullable();
    });
    await createTable(
      trx,
      'collaboration_members',
      (c) => {
        c.id('collaboration_id').references('collaborations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('alias');
        c.id('status');
        c.instant('decided_at').nullable();
      },
      (t) => {
        t.primary(['collaboration_id', 'tenant_id']);
        t.index(['tenant_id', 'collaboration_id']);
      },
    );
    await createTable(
      trx,
      'change_proposals',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id').references('collaborations.id');
        c.id('proposed_by').references('tenants.id');
        c.id('status');
        c.document('change');
        c.document('acceptances');
        c.instant('created_at');
      },
      (t) => t.index(['collaboration_id', 'id']),
    );
    await createTable(
      trx,
      'contributions',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id').references('collaborations.id');
        c.id('tenant_id').references('tenants.id');
        c.id('alias');
        c.id('dataset_id').references('datasets.id');
        c.document('rule');
        c.id('status');
        c.id('change_id').nullable();
        c.id('job_id').nullable();
        // The dataset version whose persons it shows, and the id of its own tables; both move in one transaction.
        c.id('version_id').nullable();
        c.id('engine_id').nullable();
        c.instant('created_at');
        c.instant('contributed_at').nullable();
      },
      (t) => {
        t.index(['collaboration_id', 'id']);
        t.index(['dataset_id']);
      },
    );
    await createTable(
      trx,
      'matches',
      (c) => {
        c.id('id').primary();
        c.id('collaboration_id').references('collaborations.id');
        c.id('left_contribution_id').references('contributions.id');
        c.id('right_contribution_id').references('contributions.id');
        c.id('left_engine_id');
        c.id('right_engine_id');
        c.id('status');
        c.id('job_id');
        c.instant('created_at');
        c.instant('matched_at').nullable();
      },
      (t) => t.index(['collaboration_id', 'id']),
    );
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
  },
  async down(trx) {
    const tables = [
      'analysis_runs',
      'matches',
      'contributions',
      'change_proposals',
      'collaboration_members',
      'collaborations',
    ];
    for (const table of tables) await trx.schema.dropTable(table);
  },
};
