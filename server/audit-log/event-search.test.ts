// The log answers every question of an officer on SQLite.
import { eventSearchSuite } from './testing/event-search-suite.ts';
import { openSqlite } from './testing/sqlite.ts';

eventSearchSuite(openSqlite);
