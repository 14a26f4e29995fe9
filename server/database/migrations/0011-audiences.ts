// Segments, and the audiences that they select.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const audiences: Migration = {
  name: '0011-audiences',
  why: 'Rules of who to reach and when they were evaluated. New tables only; the persons of an audience are in the engine.',
  async up(trx) {
    await createTable(
      trx,
      'segments',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('name');
        c.id('collaboration_id').nullable().references('collaborations.id');
        c.id('dataset_id').nullable().references('datasets.id');
        c.document('expression');
        c.instant('created_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'audiences',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('name');
        c.id('segment_id').references('segments.id');
        c.id('match_id').nullable().references('matches.id');
        c.id('dataset_id').nullable().references('datasets.id');
        c.id('version_id').nullable();
        c.instant('instant');
        c.id('status');
        c.id('job_id');
        c.document('size').nullable();
        c.instant('created_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
  },
  async down(trx) {
    for (const table of ['audiences', 'segments']) await trx.schema.dropTable(table);
  },
};
