// The stored audit log keeps the same contract on PostgreSQL.
import { afterAll } from 'vitest';
import { auditLogSuite } from '../../server/audit-log/testing/audit-log-suite.ts';
import { openDatabase } from '../../server/database/database.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres | undefined;
afterAll(() => postgres?.stop());

auditLogSuite(async () => {
  postgres = await startPostgres();
  return openDatabase({ dialect: 'postgres', url: postgres.url });
});
