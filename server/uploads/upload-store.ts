// Uploads as stored.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import { notFound } from '../errors.ts';
import type { UploadRow } from './upload.ts';

export async function insertUpload(tx: AuditedTransaction, row: UploadRow): Promise<void> {
  await tx.trx<UploadRow>('uploads').insert(row);
}

/** Throws `not_found`. */
export async function getUpload(db: Database, id: string, tenantId: string): Promise<UploadRow> {
  const row = await db.knex<UploadRow>('uploads').where({ id, tenant_id: tenantId }).first();
  if (row === undefined) throw notFound('upload');
  return row;
}

/** Housekeeping: how much arrived is the file's to say; the row only shows it. */
export async function noteReceived(db: Database, id: string, bytes: number): Promise<void> {
  await writeTransaction(db, (trx) =>
    trx<UploadRow>('uploads').where({ id, state: 'receiving' }).update({ received_bytes: bytes }),
  );
}

/** Moves an upload on; false when it was not in a state that allows it. */
export async function moveUpload(
  tx: AuditedTransaction,
  id: string,
  move: { from: readonly UploadRow['state'][]; to: UploadRow['state']; destroyedAt?: string; receivedBytes?: number },
): Promise<boolean> {
  const change: Partial<UploadRow> = { state: move.to };
  if (move.destroyedAt !== undefined) change.destroyed_at = move.destroyedAt;
  if (move.receivedBytes !== undefined) change.received_bytes = move.receivedBytes;
  const rows = tx.trx<UploadRow>('uploads').where({ id }).whereIn('state', move.from);
  return (await rows.update(change)) > 0;
}

/** Whole or not, an upload that nobody loads is destroyed after its time. */
export async function listExpiredUploads(db: Database, now: string): Promise<UploadRow[]> {
  return db
    .knex<UploadRow>('uploads')
    .whereIn('state', ['receiving', 'complete'])
    .where('expires_at', '<=', now)
    .limit(100);
}

export async function listLivingUploadIds(db: Database): Promise<string[]> {
  const rows = await db.knex<UploadRow>('uploads').whereNot({ state: 'destroyed' }).select('id');
  return rows.map((row) => row.id);
}
