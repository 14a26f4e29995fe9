// Sessions as stored. Reading a credential joins its member and tenant, so that switching either off ends its sessions too.
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { ENDED_SESSION_KEPT_MS, SESSION_TOUCH_MS } from './limits.ts';
import type { SessionRow } from './session.ts';

export interface SessionCredentialRow extends SessionRow {
  roles: string;
  member_status: string;
  tenant_status: string | null;
}

export async function findSessionCredential(db: Database, id: string): Promise<SessionCredentialRow | undefined> {
  return db
    .knex('sessions')
    .join('members', 'members.id', 'sessions.member_id')
    .leftJoin('tenants', 'tenants.id', 'sessions.tenant_id')
    .where('sessions.id', id)
    .first<SessionCredentialRow | undefined>(
      'sessions.*',
      'members.roles as roles',
      'members.status as member_status',
      'tenants.status as tenant_status',
    );
}

export async function findSession(db: Database, id: string): Promise<SessionRow | undefined> {
  return db.knex<SessionRow>('sessions').where({ id }).first();
}

export async function listSessionRows(knex: Knex, memberId: string): Promise<SessionRow[]> {
  return knex<SessionRow>('sessions').where({ member_id: memberId }).whereNull('ended_at').orderBy('id', 'desc');
}

export async function insertSession(tx: AuditedTransaction, row: SessionRow): Promise<void> {
  await tx.trx<SessionRow>('sessions').insert(row);
}

/** True when it was open. */
export async function endSessionRow(
  tx: AuditedTransaction,
  session: { id: string; memberId: string; at: string },
): Promise<boolean> {
  const changed = await tx
    .trx<SessionRow>('sessions')
    .where({ id: session.id, member_id: session.memberId })
    .whereNull('ended_at')
    .update({ ended_at: session.at });
  return changed > 0;
}

export async function endSessionsOfMember(tx: AuditedTransaction, memberId: string, at: string): Promise<number> {
  return tx.trx<SessionRow>('sessions').where({ member_id: memberId }).whereNull('ended_at').update({ ended_at: at });
}

/** Housekeeping, as of an API key: no event. */
export async function touchSession(db: Database, row: SessionRow, now: Date): Promise<void> {
  if (now.getTime() - Date.parse(row.last_seen_at) < SESSION_TOUCH_MS) return;
  await writeTransaction(db, (trx) =>
    trx<SessionRow>('sessions').where({ id: row.id }).update({ last_seen_at: now.toISOString() }),
  );
}

export async function forgetOldSessions(ground: { db: Database; clock: { now(): Date } }): Promise<void> {
  const before = new Date(ground.clock.now().getTime() - ENDED_SESSION_KEPT_MS).toISOString();
  await writeTransaction(ground.db, (trx) => trx<SessionRow>('sessions').where('expires_at', '<', before).delete());
}
