// `ecluse migrate`: the schema alone, for deployments that migrate before they start.
import { openDatabaseOf } from '../compose.ts';
import { type Config, ConfigError } from '../config.ts';
import { closeDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';

const OWNER_MISSING =
  '--database-owner-url (ECLUSE_DATABASE_OWNER_URL): name the role that owns the tables; the role of --database-url must not';

export async function migrate(config: Config): Promise<void> {
  if (config.databaseUrl !== undefined && config.databaseOwnerUrl === undefined) throw new ConfigError([OWNER_MISSING]);
  const db = openDatabaseOf(config);
  try {
    const applied = await migrateUp(db);
    process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  } finally {
    await closeDatabase(db);
  }
}
