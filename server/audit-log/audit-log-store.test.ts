// The stored log keeps its contract on SQLite.
import { auditLogSuite } from './testing/audit-log-suite.ts';
import { openSqlite } from './testing/sqlite.ts';

auditLogSuite(openSqlite);
