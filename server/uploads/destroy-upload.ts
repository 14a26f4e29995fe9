// Destroying an upload: its key first, in the transaction of whatever ends it, which alone makes the bytes unreadable; then the file.
import { rm } from 'node:fs/promises';
import { type Clock, instantOf } from '../clock.ts';
import { type AuditDraft, type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { type UploadRow, uploadKey, uploadPath } from './upload.ts';
import { moveUpload } from './upload-store.ts';

export interface ShredGround {
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** In the caller's transaction. False when it was destroyed before. */
export async function shredUpload(
  ground: ShredGround,
  tx: AuditedTransaction,
  upload: { id: string; tenant_id: string },
): Promise<boolean> {
  await ground.keys.destroyKey(tx, uploadKey(upload));
  const from = ['receiving', 'complete', 'consumed'] as const;
  return moveUpload(tx, upload.id, { from, to: 'destroyed', destroyedAt: instantOf(ground.clock) });
}

export async function removeUploadFile(dataDir: string, uploadId: string): Promise<void> {
  await rm(uploadPath(dataDir, uploadId), { force: true });
}

/** Shreds and removes, with an event of its own. */
export async function destroyUpload(
  ground: Pick<Ground, 'config' | 'db' | 'keys' | 'clock'>,
  upload: UploadRow,
  by: { actor: AuditDraft['actor']; reason: 'terminated' | 'expired' | 'orphaned' },
): Promise<void> {
  const event = uploadDestroyed(upload, by);
  await auditedTransaction(ground.db, event, (tx) => shredUpload(ground, tx, upload));
  await removeUploadFile(ground.config.dataDir, upload.id);
}

export function uploadDestroyed(
  upload: { id: string; tenant_id: string },
  by: { actor: AuditDraft['actor']; reason: string },
): AuditDraft {
  return {
    tenantId: upload.tenant_id,
    actor: by.actor,
    event: 'upload.destroyed',
    outcome: 'succeeded',
    subject: { kind: 'upload', id: upload.id },
    detail: { reason: by.reason },
  };
}
