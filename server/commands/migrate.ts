// `ecluse migrate`: the schema alone, for deployments that migrate before they start.
import { openDatabaseOf } from '../compose.ts';
import type { Config } from '../config.ts';
import { closeDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';

export async function migrate(config: Config): Promise<void> {
  const db = openDatabaseOf(config);
  try {
    const applied = await migrateUp(db);
    process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
  } finally {
    await closeDatabase(db);
  }
}
