// PostgreSQL that knows for whom it works: every transaction begins by naming the scope that row-level security compares with.
// A single statement becomes a transaction of its own, so that no setting outlives its work on a pooled connection.
import { createRequire } from 'node:module';
import type { Knex } from 'knex';
import { currentScope } from './row-scope.ts';

interface Query {
  sql: string;
  bindings?: readonly unknown[];
}

interface PostgresClientClass {
  new (config: object): { _query(connection: object, query: Query): Promise<unknown> };
}

const PostgresClient = createRequire(import.meta.url)('knex/lib/dialects/postgres/index.js') as PostgresClientClass;

const inTransaction = new WeakSet<object>();

// knex copies a client for each transaction without its private members, so what it needs beside `_query` stands apart.
class ScopedPostgresClient extends PostgresClient {
  override async _query(connection: object, query: Query): Promise<unknown> {
    const run = (other: Query) => super._query(connection, other);
    if (/^BEGIN\b/.test(query.sql)) return begin(connection, run, query);
    if (/^(COMMIT|ROLLBACK);?$/.test(query.sql)) return end(connection, run, query);
    if (inTransaction.has(connection)) return run(query);
    await begin(connection, run, { sql: 'BEGIN;' });
    try {
      const result = await run(query);
      await end(connection, run, { sql: 'COMMIT;' });
      return result;
    } catch (thrown) {
      // A connection that broke has no transaction to take back; what broke it is what the caller wants to know.
      await end(connection, run, { sql: 'ROLLBACK;' }).catch(() => undefined);
      throw thrown;
    }
  }
}

type Run = (query: Query) => Promise<unknown>;

async function begin(connection: object, run: Run, query: Query): Promise<unknown> {
  // One round trip; a scope is `*`, empty or an id that was matched against its pattern, so nothing is to be escaped.
  const begun = await run({
    ...query,
    sql: `${query.sql.replace(/;?$/, ';')} select set_config('ecluse.tenant', '${currentScope()}', true);`,
  });
  inTransaction.add(connection);
  return begun;
}

function end(connection: object, run: Run, query: Query): Promise<unknown> {
  inTransaction.delete(connection);
  return run(query);
}

export const scopedPostgresClient = ScopedPostgresClient as unknown as typeof Knex.Client;
