// One write transaction at a time in this process on SQLite, retried when the other process holds the lock.
// PostgreSQL runs them side by side and retries a serialisation failure or a deadlock.
import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { TRANSACTION_ATTEMPTS } from './limits.ts';

const turns = new WeakMap<Database, Promise<unknown>>();

export function writeTransaction<T>(db: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  if (db.dialect === 'postgres') return attempt(db, work);
  const previous = turns.get(db) ?? Promise.resolve();
  const mine = previous.then(() => attempt(db, work));
  turns.set(
    db,
    mine.catch(() => undefined),
  );
  return mine;
}

async function attempt<T>(db: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await db.knex.transaction(work);
    } catch (error) {
      if (attempts >= TRANSACTION_ATTEMPTS || !isContention(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempts * 50));
    }
  }
}

const CONTENTION_CODES = new Set(['SQLITE_BUSY', 'SQLITE_LOCKED', '40001', '40P01']);

function isContention(error: unknown): boolean {
  return error instanceof Error && CONTENTION_CODES.has((error as { code?: string }).code ?? '');
}

/** A unique constraint said no: the name is taken, or the row is there already. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return code === '23505' || (code === 'SQLITE_CONSTRAINT' && /UNIQUE|PRIMARY KEY/.test((error as Error).message));
}
