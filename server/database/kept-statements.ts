// Reads of a SQLite connection prepared once and kept: preparing costs more than most reads, and a hop to another thread and back.
import { MAX_KEPT_SQL_CHARACTERS, MAX_KEPT_STATEMENTS } from './limits.ts';

type Done<T> = (error: Error | null, result: T) => void;

interface Statement {
  all(bindings: readonly unknown[], done: Done<unknown[]>): void;
  finalize(done: () => void): void;
}

export interface SqliteConnection {
  exec(sql: string, done: (error: Error | null) => void): void;
  prepare(sql: string, done: (error: Error | null) => void): Statement;
}

/** Lists of values make texts without end, and each is read once. */
export function isWorthKeeping(sql: string): boolean {
  return sql.length <= MAX_KEPT_SQL_CHARACTERS && /^select\b/i.test(sql);
}

export class KeptStatements {
  readonly #connection: SqliteConnection;
  /** The one used longest ago stands first. */
  readonly #statements = new Map<string, Promise<Statement>>();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Every row; a statement read to its end holds no lock. */
  async all(sql: string, bindings: readonly unknown[]): Promise<unknown[]> {
    const statement = await this.#statement(sql);
    try {
      return await new Promise((resolve, reject) => {
        statement.all(bindings, (error, rows) => (error === null ? resolve(rows) : reject(error)));
      });
    } catch (error) {
      await this.#forget(sql);
      throw error;
    }
  }

  /** A connection closes only when nothing is prepared on it. */
  async forgetAll(): Promise<void> {
    await Promise.all([...this.#statements.keys()].map((sql) => this.#forget(sql)));
  }

  #statement(sql: string): Promise<Statement> {
    const kept = this.#statements.get(sql) ?? this.#prepare(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, kept);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > MAX_KEPT_STATEMENTS && oldest !== undefined) void this.#forget(oldest);
    return kept;
  }

  #prepare(sql: string): Promise<Statement> {
    const prepared = new Promise<Statement>((resolve, reject) => {
      const statement = this.#connection.prepare(sql, (error) => (error === null ? resolve(statement) : reject(error)));
    });
    prepared.catch(() => this.#statements.delete(sql));
    return prepared;
  }

  async #forget(sql: string): Promise<void> {
    const kept = this.#statements.get(sql);
    this.#statements.delete(sql);
    const statement = await kept?.catch(() => undefined);
    await new Promise<void>((resolve) => (statement === undefined ? resolve() : statement.finalize(resolve)));
  }
}
