// Opens the control plane's database, SQLite by default or PostgreSQL, with the settings that make a commit durable.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';
import pg from 'pg';
import { isWorthKeeping, KeptStatements, type SqliteConnection } from './kept-statements.ts';
import { BUSY_TIMEOUT_MS, POSTGRES_CONNECTIONS, SQLITE_CONNECTIONS } from './limits.ts';
import { scopedPostgresClient } from './scoped-postgres.ts';

export interface Database {
  readonly knex: Knex;
  readonly dialect: 'sqlite' | 'postgres';
  readonly location: DatabaseLocation;
}

export type DatabaseLocation = { dialect: 'sqlite'; file: string } | PostgresLocation;

export interface PostgresLocation {
  readonly dialect: 'postgres';
  readonly url: string;
  /** Of the role that owns the tables, for migrations; without it `url` owns them, and row-level security does not hold it. */
  readonly ownerUrl?: string | undefined;
}

export function openDatabase(location: DatabaseLocation): Database {
  return location.dialect === 'sqlite' ? openSqlite(location.file) : openPostgres(location);
}

export async function closeDatabase(db: Database): Promise<void> {
  await db.knex.destroy();
}

interface SqliteQuery {
  sql: string;
  method?: string;
  readonly bindings?: readonly unknown[];
  response?: unknown;
}

interface SqliteClientClass {
  new (
    config: object,
  ): {
    _query(connection: SqliteConnection, query: SqliteQuery): Promise<unknown>;
    destroyRawConnection(connection: SqliteConnection): Promise<unknown>;
  };
}

const SqliteClient = createRequire(import.meta.url)('knex/lib/dialects/sqlite3/index.js') as SqliteClientClass;

const READS = new Set(['select', 'first', 'pluck']);
/** By connection: a transaction works through a copy of the client. */
const keptStatements = new WeakMap<SqliteConnection, KeptStatements>();

// A deferred transaction that reads before it writes fails at once when another process wrote in between (SQLITE_BUSY_SNAPSHOT);
// taking the write lock at the start makes it wait its turn instead.
class ImmediateSqliteClient extends SqliteClient {
  override async _query(connection: SqliteConnection, query: SqliteQuery): Promise<unknown> {
    if (query.sql === 'BEGIN;') query.sql = 'BEGIN IMMEDIATE;';
    if (!READS.has(query.method ?? '') || !isWorthKeeping(query.sql)) return super._query(connection, query);
    const kept = keptStatements.get(connection) ?? new KeptStatements(connection);
    keptStatements.set(connection, kept);
    query.response = await kept.all(query.sql, query.bindings ?? []);
    return query;
  }

  override async destroyRawConnection(connection: SqliteConnection): Promise<unknown> {
    await keptStatements.get(connection)?.forgetAll();
    return super.destroyRawConnection(connection);
  }
}

function openSqlite(file: string): Database {
  mkdirSync(dirname(file), { recursive: true });
  const db = knex({
    client: ImmediateSqliteClient as unknown as typeof Knex.Client,
    connection: { filename: file },
    useNullAsDefault: true,
    pool: { min: 1, max: SQLITE_CONNECTIONS, afterCreate: prepareSqlite },
  });
  return { knex: db, dialect: 'sqlite', location: { dialect: 'sqlite', file } };
}

function prepareSqlite(
  connection: SqliteConnection,
  done: (error: Error | null, connection: SqliteConnection) => void,
): void {
  const pragmas = [
    `PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`,
    'PRAGMA journal_mode = WAL',
    'PRAGMA synchronous = FULL',
    'PRAGMA foreign_keys = ON',
    'PRAGMA secure_delete = ON',
  ];
  connection.exec(`${pragmas.join(';')};`, (error) => done(error, connection));
}

const INT8_OID = 20;

function openPostgres(location: PostgresLocation): Database {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === INT8_OID ? Number : (pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
  };
  const db = knex({
    client: scopedPostgresClient,
    connection: { connectionString: location.url, types } as Knex.PgConnectionConfig,
    pool: { min: 0, max: POSTGRES_CONNECTIONS },
  });
  return { knex: db, dialect: 'postgres', location };
}
