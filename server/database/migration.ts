// One step of the schema: why it is taken, how, and how it is taken back. Released ones are never edited.
import type { Knex } from 'knex';

export interface Migration {
  /** `NNNN-what`, unique and ascending. */
  readonly name: string;
  /** Why it exists, what it costs on a full table, what it locks. */
  readonly why: string;
  up(trx: Knex.Transaction): Promise<void>;
  down(trx: Knex.Transaction): Promise<void>;
}
