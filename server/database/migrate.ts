// Brings a database to the newest schema, one migration in one transaction each; a database from a newer release is refused.
import type { Knex } from 'knex';
import { closeDatabase, type Database, openDatabase } from './database.ts';
import type { Migration } from './migration.ts';
import { MIGRATIONS } from './migrations.ts';
import { dropRowPolicies, roleOfUrl, type ServiceRole, secureRows } from './row-security.ts';
import { writeTransaction } from './write-transaction.ts';

const TABLE = 'schema_migrations';

/** Applies what is missing; returns the names applied now. */
export async function migrateUp(db: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<string[]> {
  const applied: string[] = [];
  await asOwner(db, async (trx, role) => {
    applied.length = 0;
    await lockSchema(db, trx);
    const present = await presentMigrations(trx);
    refuseUnknown(present, migrations);
    for (const migration of migrations.filter((m) => !present.includes(m.name))) {
      await migration.up(trx);
      await trx(TABLE).insert({ name: migration.name, applied_at: new Date().toISOString() });
      applied.push(migration.name);
    }
    if (db.dialect === 'postgres') await secureRows(trx, role);
  });
  return applied;
}

/** The owner of the tables, who on PostgreSQL is another role than the service; `role` is then the service's. */
async function asOwner(
  db: Database,
  work: (trx: Knex.Transaction, role: ServiceRole | undefined) => Promise<void>,
): Promise<void> {
  const { location } = db;
  if (location.dialect === 'sqlite' || location.ownerUrl === undefined)
    return writeTransaction(db, (trx) => work(trx, undefined));
  const owner = openDatabase({ dialect: 'postgres', url: location.ownerUrl });
  try {
    await writeTransaction(owner, (trx) => work(trx, roleOfUrl(location.url)));
  } finally {
    await closeDatabase(owner);
  }
}

/** Takes back everything down to an empty schema, newest first. */
export async function migrateDown(db: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  await asOwner(db, async (trx) => {
    if (db.dialect === 'postgres') await dropRowPolicies(trx);
    const present = await presentMigrations(trx);
    for (const migration of migrations.toReversed().filter((m) => present.includes(m.name))) {
      await migration.down(trx);
      await trx(TABLE).where({ name: migration.name }).delete();
    }
  });
}

export async function isMigrated(db: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<boolean> {
  if (!(await db.knex.schema.hasTable(TABLE))) return false;
  const rows = await db.knex(TABLE).select<{ name: string }[]>('name');
  const present = new Set(rows.map((row) => row.name));
  return migrations.every((m) => present.has(m.name));
}

// Any constant serves, as long as no other user of the database takes the same.
const POSTGRES_SCHEMA_LOCK = 5_223_011;

async function lockSchema(db: Database, trx: Knex.Transaction): Promise<void> {
  if (db.dialect === 'postgres') await trx.raw('select pg_advisory_xact_lock(?)', [POSTGRES_SCHEMA_LOCK]);
}

async function presentMigrations(trx: Knex.Transaction): Promise<string[]> {
  if (!(await trx.schema.hasTable(TABLE))) {
    await trx.schema.createTable(TABLE, (t) => {
      t.string('name', 100).primary();
      t.string('applied_at', 24).notNullable();
    });
  }
  const rows = await trx(TABLE).select<{ name: string }[]>('name').orderBy('name');
  return rows.map((row) => row.name);
}

function refuseUnknown(present: string[], migrations: readonly Migration[]): void {
  const known = new Set(migrations.map((m) => m.name));
  const unknown = present.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`the database was migrated by a newer release: ${unknown.join(', ')}`);
}
