// Datasets and collaborations say in which region they are held.
import type { Migration } from '../migration.ts';

export const regions: Migration = {
  name: '0028-regions',
  why: 'A release across regions needs every contributor’s word. Columns with a default; rows there are take the region of their tenant, in one update each.',
  async up(trx) {
    await trx.schema.alterTable('datasets', (table) => {
      table.string('region', 40).notNullable().defaultTo('eu');
      // Null: its own region alone.
      table.text('release_regions').nullable();
    });
    await trx.schema.alterTable('collaborations', (table) => {
      table.string('region', 40).notNullable().defaultTo('eu');
    });
    await trx.raw('update datasets set region = (select region from tenants where tenants.id = datasets.tenant_id)');
    await trx.raw(
      'update collaborations set region = (select region from tenants where tenants.id = collaborations.owner_tenant_id)',
    );
  },
  async down(trx) {
    await trx.schema.alterTable('datasets', (table) => {
      table.dropColumn('region');
      table.dropColumn('release_regions');
    });
    await trx.schema.alterTable('collaborations', (table) => table.dropColumn('region'));
  },
};
