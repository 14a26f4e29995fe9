// Get, list, insert and save of one table whose rows have an `id`. A noun's store builds on it and adds its own questions.
import type { Knex } from 'knex';
import { ServiceError } from '../errors.ts';
import type { AuditedTransaction } from './audited-transaction.ts';
import type { Row, RowMapping } from './row-mapping.ts';

export interface Page {
  /** The id that the page before ended with; pages run from the newest to the oldest. */
  readonly before: string | undefined;
  readonly limit: number;
}

export interface RecordStore<T> {
  /** Throws `not_found`. `where` narrows to what the asker may see. */
  get(knex: Knex, id: string, where?: Row): Promise<T>;
  find(knex: Knex, id: string, where?: Row): Promise<T | undefined>;
  list(knex: Knex, where: Row, page: Page): Promise<T[]>;
  listAll(knex: Knex, where: Row): Promise<T[]>;
  insert(tx: AuditedTransaction, value: T): Promise<void>;
  save(tx: AuditedTransaction, value: T): Promise<void>;
}

export function recordStore<T extends { readonly id: string }>(
  table: string,
  options: { noun: string; mapping: RowMapping<T> },
): RecordStore<T> {
  const { noun, mapping } = options;
  const find = async (knex: Knex, id: string, where: Row = {}): Promise<T | undefined> => {
    const row = await knex<Row>(table)
      .where({ ...where, id })
      .first();
    return row && mapping.fromRow(row as Row);
  };
  return {
    find,
    async get(knex, id, where) {
      const found = await find(knex, id, where);
      if (!found) throw new ServiceError('not_found', { detail: `There is no such ${noun}.` });
      return found;
    },
    async list(knex, where, page) {
      const query = knex<Row>(table).where(where).orderBy('id', 'desc').limit(page.limit);
      if (page.before !== undefined) query.where('id', '<', page.before);
      return ((await query) as Row[]).map((row) => mapping.fromRow(row));
    },
    async listAll(knex, where) {
      const rows = (await knex<Row>(table).where(where).orderBy('id')) as Row[];
      return rows.map((row) => mapping.fromRow(row));
    },
    async insert(tx, value) {
      await tx.trx(table).insert(mapping.toRow(value));
    },
    async save(tx, value) {
      const { id, ...columns } = mapping.toRow(value);
      await tx.trx(table).where({ id }).update(columns);
    },
  };
}
