// The bound on marketing pressure that a tenant set: in how many of its audiences a person may be within a window.
import type { Knex } from 'knex';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';

export interface ContactCap {
  /** Null: as many as there are. */
  readonly audiences: number | null;
  /** Whoever was taken out of an audience counts for it so long after being added. */
  readonly windowDays: number;
}

interface ContactCapRow {
  tenant_id: string;
  audiences: number | null;
  window_days: number;
  changed_by: string;
  changed_at: string;
}

const NONE: ContactCap = { audiences: null, windowDays: 30 };

export async function getContactCap(knex: Knex, tenantId: string): Promise<ContactCap> {
  const row = await knex<ContactCapRow>('contact_caps').where({ tenant_id: tenantId }).first();
  if (row === undefined) return NONE;
  const audiences = row.audiences === null ? null : Number(row.audiences);
  return { audiences, windowDays: Number(row.window_days) };
}

export async function putContactCap(ground: Ground, caller: TenantCaller, cap: ContactCap): Promise<void> {
  const { tenantId: tenant_id } = caller;
  const event = {
    ...byCaller(caller),
    event: 'contact-cap.changed',
    outcome: 'succeeded',
    subject: { kind: 'tenant', id: tenant_id },
    detail: { audiences: cap.audiences, windowDays: cap.windowDays },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    const change = { changed_by: caller.memberId, changed_at: instantOf(ground.clock) };
    const row: ContactCapRow = { tenant_id, audiences: cap.audiences, window_days: cap.windowDays, ...change };
    await tx.trx<ContactCapRow>('contact_caps').insert(row).onConflict('tenant_id').merge();
  });
}

/**
 * Before persons are counted: false while another delivery of the tenant is decided, which would not see what this one adds. A
 * delivery that starts over keeps its turn.
 */
export async function takeTurnToCount(
  tx: AuditedTransaction,
  turn: { deliveryId: string; tenantId: string; now: string },
): Promise<boolean> {
  const { deliveryId: id, tenantId: tenant_id } = turn;
  await tx.trx<ContactCapRow>('contact_caps').where({ tenant_id }).forUpdate().first();
  const others = await tx
    .trx('deliveries')
    .where({ tenant_id, is_deciding: 1, status: 'queued' })
    .whereNot({ id })
    .first('id');
  if (others !== undefined) return false;
  await tx.trx('deliveries').where({ id }).update({ is_deciding: 1, decided_at: turn.now });
  return true;
}
