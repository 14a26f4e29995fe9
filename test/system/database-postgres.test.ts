// The stores keep the same promises on PostgreSQL.
import { afterAll, test } from 'vitest';
import { type Database, openDatabase } from '../../server/database/database.ts';
import { databaseSuite } from '../../server/testing/database-suite.ts';
import { turnsOfWorkers } from '../../server/testing/turns-of-workers.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres | undefined;
let db: Database | undefined;
afterAll(() => postgres?.stop());

databaseSuite(async () => {
  postgres = await startPostgres();
  db = openDatabase({ dialect: 'postgres', url: postgres.url });
  return db;
});

test('a turn at a platform is one worker’s at a time', () => turnsOfWorkers(db!));
