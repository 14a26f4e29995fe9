// The tables of the audit log. Why: leaves, the tree's edge and signed checkpoints must change in the transaction of the
// event. Cost: one row a leaf, one a full tile. Locks: appends queue on the single row of audit_head.
import type { Knex } from 'knex';
import { MAX_ID_CHARS } from './limits.ts';

export async function createAuditLogTables(knex: Knex): Promise<void> {
  await knex.schema.createTable('audit_head', (table) => {
    table.string('id', MAX_ID_CHARS).primary();
    table.bigInteger('size').notNullable();
    table.text('frontier').notNullable();
  });
  await knex('audit_head').insert({ id: 'log', size: 0, frontier: '[]' });
  await knex.schema.createTable('audit_leaves', (table) => {
    table.bigInteger('leaf_index').primary();
    table.string('event_id', MAX_ID_CHARS).notNullable().unique();
    table.string('tenant_id', MAX_ID_CHARS);
    table.string('event', MAX_ID_CHARS).notNullable();
    table.string('outcome', MAX_ID_CHARS).notNullable();
    table.string('subject_id', MAX_ID_CHARS).notNullable();
    table.string('instant', 24).notNullable();
    table.text('leaf').notNullable();
    table.string('leaf_hash', 64).notNullable();
    // The root of the tree that ends with this leaf: tells fsck exactly where a row was moved or removed.
    table.string('root', 64).notNullable();
    table.index(['tenant_id', 'leaf_index']);
    table.index(['subject_id', 'leaf_index']);
  });
  await knex.schema.createTable('audit_tile_hashes', (table) => {
    table.bigInteger('level').notNullable();
    table.bigInteger('hash_index').notNullable();
    table.string('hash', 64).notNullable();
    table.primary(['level', 'hash_index']);
  });
  await knex.schema.createTable('audit_checkpoints', (table) => {
    table.bigInteger('size').primary();
    table.string('root', 64).notNullable();
    table.string('instant', 24).notNullable();
    table.text('note').notNullable();
  });
}

export async function dropAuditLogTables(knex: Knex): Promise<void> {
  for (const table of ['audit_origins', 'audit_checkpoints', 'audit_tile_hashes', 'audit_leaves', 'audit_head'])
    await knex.schema.dropTableIfExists(table);
}

/** What an officer searches by, each within a tenant; a period is turned into indices first, so these keep the log's order. */
const SEARCHED = ['event', 'outcome', 'actor_id'] as const;

/** The actor beside each leaf, filled from the leaves themselves, and an index for each question. */
export async function addAuditSearch(knex: Knex): Promise<void> {
  await knex.schema.alterTable('audit_leaves', (table) => {
    table.string('actor_id', MAX_ID_CHARS);
  });
  const isSqlite = String(knex.client.dialect).includes('sqlite');
  const actor = isSqlite ? `json_extract(leaf, '$.actor.id')` : `leaf::jsonb -> 'actor' ->> 'id'`;
  await knex('audit_leaves').update({ actor_id: knex.raw(actor) });
  await knex.schema.alterTable('audit_leaves', (table) => {
    for (const column of SEARCHED) table.index(['tenant_id', column, 'leaf_index']);
    table.index(['tenant_id', 'instant', 'leaf_index']);
    table.index(['instant', 'leaf_index']);
  });
}

export async function dropAuditSearch(knex: Knex): Promise<void> {
  await knex.schema.alterTable('audit_leaves', (table) => {
    for (const column of SEARCHED) table.dropIndex(['tenant_id', column, 'leaf_index']);
    table.dropIndex(['tenant_id', 'instant', 'leaf_index']);
    table.dropIndex(['instant', 'leaf_index']);
  });
  // knex would write the table anew on SQLite, from under the view of its hashes.
  await knex.raw('alter table audit_leaves drop column actor_id');
}

/** The hashes of leaves apart from the leaves: proofs of one tenant's event are made of everyone's hashes. */
export async function createLeafHashes(knex: Knex): Promise<void> {
  await knex.raw('create view audit_leaf_hashes as select leaf_index, leaf_hash, instant from audit_leaves');
}

export async function dropLeafHashes(knex: Knex): Promise<void> {
  await knex.raw('drop view if exists audit_leaf_hashes');
}

/** What witnesses added to a checkpoint, and the names under which the log went on after a rollback. */
export async function addCosigning(knex: Knex): Promise<void> {
  await knex.schema.alterTable('audit_checkpoints', (table) => {
    // Note lines; null until the quorum has cosigned.
    table.text('cosignatures');
  });
  await knex.schema.createTable('audit_origins', (table) => {
    table.bigInteger('generation').primary();
    table.text('origin').notNullable();
    table.string('event_id', MAX_ID_CHARS).notNullable();
  });
}

export async function dropCosigning(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('audit_origins');
  await knex.schema.alterTable('audit_checkpoints', (table) => table.dropColumn('cosignatures'));
}
