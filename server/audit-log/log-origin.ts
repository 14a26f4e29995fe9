// The names of the log: the configured one, and after each rollback its successor. The newest signs; the older still verify.
import type { Knex } from 'knex';
import { type NoteSigner, type VerifierKey, verifierKeyOf } from '../../audit/note-key.ts';

export interface LogOrigin {
  readonly generation: number;
  readonly origin: string;
  /** Of the rollback that began it; undefined for the first. */
  readonly eventId: string | undefined;
}

/** The oldest first. */
export async function listOrigins(knex: Knex, configured: string): Promise<LogOrigin[]> {
  const rows = (await knex('audit_origins').orderBy('generation')) as Record<string, unknown>[];
  const later = rows.map((row) => ({
    generation: Number(row.generation),
    origin: String(row.origin),
    eventId: String(row.event_id),
  }));
  return [{ generation: 1, origin: configured, eventId: undefined }, ...later];
}

export async function currentOrigin(knex: Knex, configured: string): Promise<LogOrigin> {
  return (await listOrigins(knex, configured)).at(-1)!;
}

/** The keys under which checkpoints of this log may stand, the current one last. */
export async function logKeys(knex: Knex, signer: NoteSigner): Promise<VerifierKey[]> {
  const origins = await listOrigins(knex, signer.name);
  return Promise.all(origins.map(({ origin }) => verifierKeyOf({ ...signer, name: origin })));
}
