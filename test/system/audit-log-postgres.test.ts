// The stored audit log keeps the same contract on PostgreSQL, and answers the same questions.
import { afterAll } from 'vitest';
import { auditLogSuite } from '../../server/audit-log/testing/audit-log-suite.ts';
import { eventSearchSuite } from '../../server/audit-log/testing/event-search-suite.ts';
import { openDatabase } from '../../server/database/database.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const started: Postgres[] = [];
afterAll(() => Promise.all(started.map((postgres) => postgres.stop())));

async function open() {
  const postgres = await startPostgres();
  started.push(postgres);
  return openDatabase({ dialect: 'postgres', url: postgres.url });
}

auditLogSuite(open);
eventSearchSuite(open);
