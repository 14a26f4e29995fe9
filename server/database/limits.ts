// Bounds of the control plane's database, each with its reason.

/** A writer of the other process holds the lock for one short transaction; ten seconds means something is broken. */
export const BUSY_TIMEOUT_MS = 10_000;

/** Readers beside one writer; more only costs file handles. */
export const SQLITE_CONNECTIONS = 4;

export const POSTGRES_CONNECTIONS = 10;

/** How often a transaction that lost the race for the lock (or a serialisation conflict) starts again. */
export const TRANSACTION_ATTEMPTS = 5;

/** Rows of one insert statement: SQLite binds at most 32,766 values in one. */
export const ROWS_PER_INSERT = 500;

/** Rounds of the verifier of a password that `ecluse migrate` gives a role: PostgreSQL's own default. */
export const SCRAM_ITERATIONS = 4_096;

/** Prepared reads kept for each SQLite connection: the ones every request begins with, and the listings in use. */
export const MAX_KEPT_STATEMENTS = 100;
export const MAX_KEPT_SQL_CHARACTERS = 4_000;
