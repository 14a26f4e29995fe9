// Suppression lists as stored; their entries stand in the engine alone, as match keys.
import type { SuppressionList } from '../../openapi/generated/api.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { notFound } from '../errors.ts';

export interface SuppressionListRow {
  id: string;
  tenant_id: string;
  name: string;
  identifier_type: SuppressionList['type'];
  state: 'active' | 'deleted';
  entries: number;
  /** JSON lists of what the suppression is about; null is everything. */
  purposes: string | null;
  destination_kinds: string | null;
  destination_ids: string | null;
  created_at: string;
  updated_at: string;
}

export async function insertSuppressionList(tx: AuditedTransaction, row: SuppressionListRow): Promise<void> {
  await tx.trx<SuppressionListRow>('suppression_lists').insert(row);
}

/** Throws `not_found`. */
export async function getSuppressionList(db: Database, id: string, tenantId: string): Promise<SuppressionListRow> {
  const row = await suppressionLists(db, tenantId).where({ id }).first();
  if (row === undefined) throw notFound('suppression list');
  return row;
}

export function suppressionLists(db: Database, tenantId: string) {
  return db.knex<SuppressionListRow>('suppression_lists').where({ tenant_id: tenantId, state: 'active' });
}

/** The lists that have a table in the engine: those with entries. A delivery anti-joins them all. */
export async function listFilledSuppressionLists(db: Database, tenantId: string): Promise<SuppressionListRow[]> {
  return suppressionLists(db, tenantId).where('entries', '>', 0).orderBy('id');
}

export async function updateSuppressionList(
  tx: AuditedTransaction,
  id: string,
  change: Partial<Pick<SuppressionListRow, 'state' | 'entries' | 'updated_at'>>,
): Promise<void> {
  await tx.trx<SuppressionListRow>('suppression_lists').where({ id }).update(change);
}

export function suppressionListBody(row: SuppressionListRow): SuppressionList {
  return {
    id: row.id,
    name: row.name,
    type: row.identifier_type,
    entries: row.entries,
    purposes: listOf(row.purposes),
    destination_kinds: listOf(row.destination_kinds),
    destination_ids: listOf(row.destination_ids),
    created_at: row.created_at,
  };
}

function listOf(json: string | null): string[] | null {
  return json === null ? null : (JSON.parse(json) as string[]);
}

export interface ListedTransfer {
  readonly purpose: string;
  readonly destinationKind: string;
  readonly destinationId: string;
}

/** Whether a list bars a transfer: one about other purposes or destinations does not. */
export function isListAbout(
  list: Pick<SuppressionListRow, 'purposes' | 'destination_kinds' | 'destination_ids'>,
  transfer: ListedTransfer,
): boolean {
  const isOf = (json: string | null, word: string) => listOf(json)?.includes(word) ?? true;
  return (
    isOf(list.purposes, transfer.purpose) &&
    isOf(list.destination_kinds, transfer.destinationKind) &&
    isOf(list.destination_ids, transfer.destinationId)
  );
}
