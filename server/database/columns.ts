// The five kinds of column that every table is built from; they mean the same on SQLite and on PostgreSQL.
import type { Knex } from 'knex';

export interface Columns {
  /** A prefixed id or a closed word (a state, a role): up to 40 characters. */
  id(name: string): Knex.ColumnBuilder;
  /** RFC 3339 UTC with milliseconds, so that text order is time order. */
  instant(name: string): Knex.ColumnBuilder;
  /** 32 bytes as 64 hex digits or as base64. */
  digest(name: string): Knex.ColumnBuilder;
  /** A whole number up to 2^53; a truth value is 0 or 1. */
  count(name: string): Knex.ColumnBuilder;
  /** Text, mostly JSON; wrapped keys as base64. */
  document(name: string): Knex.ColumnBuilder;
}

/** Creates a table; `also` adds keys and indexes. Columns are NOT NULL unless `.nullable()` follows. */
export function createTable(
  trx: Knex,
  name: string,
  columns: (c: Columns) => void,
  also: (t: Knex.CreateTableBuilder) => void = () => {},
): Promise<void> {
  return trx.schema.createTable(name, (t) => {
    columns(columnsOf(t));
    also(t);
  });
}

function columnsOf(t: Knex.CreateTableBuilder): Columns {
  return {
    id: (name) => t.string(name, 40).notNullable(),
    instant: (name) => t.string(name, 24).notNullable(),
    digest: (name) => t.string(name, 64).notNullable(),
    count: (name) => t.bigInteger(name).notNullable(),
    document: (name) => t.text(name).notNullable(),
  };
}
