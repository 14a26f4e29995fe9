// The privacy ledger keeps its promises on PostgreSQL.
import { afterAll } from 'vitest';
import { openDatabase } from '../../server/database/database.ts';
import { privacyLedgerSuite } from '../../server/testing/privacy-ledger-suite.ts';
import { type Postgres, startPostgres } from './postgres.ts';

let postgres: Postgres | undefined;
afterAll(() => postgres?.stop());

privacyLedgerSuite(
  async () => {
    postgres = await startPostgres();
    return openDatabase({ dialect: 'postgres', url: postgres.url });
  },
  { racers: 10_000, atOnce: 2_500 },
);
