// Jobs: leased rows with a fencing token, so that work whose lease was lost cannot commit its effect.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const jobs: Migration = {
  name: '0003-jobs',
  why: 'Work of the worker process. New table only; the index serves the claim of the next due job.',
  async up(trx) {
    await createTable(
      trx,
      'jobs',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').nullable();
        c.id('kind');
        c.id('state');
        c.id('subject_kind');
        c.id('subject_id');
        // Jobs of one turn (of one dataset, say) run one after the other, in the order they were asked for.
        c.id('turn_id').nullable();
        c.document('input');
        // Where a resumed attempt goes on, such as the batches a delivery has sent.
        c.document('checkpoint').nullable();
        c.document('outcome').nullable();
        c.document('failure').nullable();
        c.id('phase');
        c.count('rows_done');
        c.count('bytes_done');
        c.count('bytes_total').nullable();
        c.count('attempts');
        c.count('fencing_token');
        c.count('cancel_requested');
        c.id('created_by');
        c.instant('created_at');
        c.instant('run_after');
        c.id('leased_by').nullable();
        c.instant('lease_expires_at').nullable();
        c.instant('started_at').nullable();
        c.instant('finished_at').nullable();
      },
      (t) => {
        t.index(['state', 'run_after']);
        t.index(['tenant_id', 'id']);
        t.index(['subject_id']);
      },
    );
  },
  async down(trx) {
    await trx.schema.dropTable('jobs');
  },
};
