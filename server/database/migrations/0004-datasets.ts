// Datasets with their versions, uploads and loads.
import { createTable } from '../columns.ts';
import type { Migration } from '../migration.ts';

export const datasets: Migration = {
  name: '0004-datasets',
  why: 'What a tenant uploads and loads. New tables only. Rejected rows rest in files, since there may be millions.',
  async up(trx) {
    await createTable(
      trx,
      'datasets',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.document('name');
        c.document('schema');
        c.id('salt_id');
        // What all its persons agreed to, where no column says it of each.
        c.document('evidence').nullable();
        // The version that the engine shows; moved in the one transaction that makes a load visible.
        c.id('visible_version_id').nullable();
        c.id('status');
        c.instant('created_at');
        c.instant('updated_at');
      },
      (t) => t.index(['tenant_id', 'id']),
    );
    await createTable(
      trx,
      'dataset_versions',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('dataset_id').references('datasets.id');
        c.id('load_id');
        c.id('state');
        c.count('records');
        c.count('persons');
        // Keys by type and consent classes, as the engine counted them.
        c.document('detail');
        c.instant('created_at');
      },
      (t) => t.index(['dataset_id', 'id']),
    );
    await createTable(
      trx,
      'uploads',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('created_by');
        c.id('state');
        c.count('size_bytes');
        c.count('received_bytes');
        c.digest('sha256');
        c.document('filename');
        c.id('dataset_id').nullable();
        c.instant('created_at');
        c.instant('expires_at');
        c.instant('destroyed_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['state', 'expires_at']);
      },
    );
    await createTable(
      trx,
      'loads',
      (c) => {
        c.id('id').primary();
        c.id('tenant_id').references('tenants.id');
        c.id('dataset_id').references('datasets.id');
        c.id('upload_id').references('uploads.id');
        c.id('job_id').references('jobs.id');
        c.id('version_id').nullable();
        c.id('mode');
        c.id('format');
        c.id('compression');
        c.id('state');
        c.document('sealed_file_key').nullable();
        c.document('outcome').nullable();
        c.document('failure').nullable();
        c.id('receipt_event_id').nullable();
        c.instant('created_at');
        c.instant('finished_at').nullable();
      },
      (t) => {
        t.index(['tenant_id', 'id']);
        t.index(['dataset_id', 'id']);
      },
    );
  },
  async down(trx) {
    for (const table of ['loads', 'uploads', 'dataset_versions', 'datasets']) await trx.schema.dropTable(table);
  },
};
