// The stores keep the same promises on PostgreSQL.
import { afterAll } from 'vitest';
import { openDatabase } from '../../server/database/database.ts';
import { databaseSuite } from '../../server/testing/database-suite.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres | undefined;
afterAll(() => postgres?.stop());

databaseSuite(async () => {
  postgres = await startPostgres();
  return openDatabase({ dialect: 'postgres', url: postgres.url });
});
