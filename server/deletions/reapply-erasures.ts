// At every start: what the ledger knows and the database does not was erased after the backup that this database is from. Those
// persons are erased again before any other work. What only the database knows goes into the ledger.
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import { instantOf } from '../clock.ts';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { findTenant } from '../tenants/tenant-store.ts';
import { deletionRequests } from './deletion-request.ts';
import { appendToLedger, ensureLedger, type LedgerEntry, readLedger } from './erasure-ledger.ts';
import { blocksOf } from './named-persons.ts';
import { digestBlocks, insertTombstones, listTombstones, type TombstoneRow, tombstoneKey } from './tombstones.ts';

/** Answers for how many tenants persons are erased again. */
export async function reapplyErasures(ground: Ground): Promise<number> {
  await ensureLedger(ground);
  const byTenant = Map.groupBy(await readLedger(ground), ({ tenant_id: tenant }) => tenant);
  const tenants = await ground.db.knex('tombstones').distinct('tenant_id').pluck<string[]>('tenant_id');
  let reapplied = 0;
  for (const tenantId of new Set([...byTenant.keys(), ...tenants])) {
    if ((await findTenant(ground.db, tenantId)) === undefined) continue;
    if (await reconcile(ground, tenantId, byTenant.get(tenantId) ?? [])) reapplied++;
  }
  return reapplied;
}

async function reconcile(ground: Ground, tenantId: string, entries: readonly LedgerEntry[]): Promise<boolean> {
  const held = await listTombstones(ground.db, { tenant_id: tenantId });
  const inLedger = await underOwnKey(ground, tenantId, entries);
  const names = (rows: readonly TombstoneRow[]) => new Set(rows.map((row) => `${row.dataset_id}|${row.tombstone}`));
  const [known, written] = [names(held), names(inLedger)];
  const missing = inLedger.filter((row) => !known.has(`${row.dataset_id}|${row.tombstone}`));
  await appendToLedger(
    ground,
    tenantId,
    held.filter((row) => !written.has(`${row.dataset_id}|${row.tombstone}`)),
  );
  if (missing.length === 0) return false;
  await eraseAgain(ground, tenantId, { missing, key: entries[0]?.key });
  return true;
}

/** A database from before the first erasure has no key for tombstones, or made another one since. */
async function underOwnKey(ground: Ground, tenantId: string, entries: readonly LedgerEntry[]): Promise<TombstoneRow[]> {
  const subject = tombstoneKey(tenantId);
  const own = (await ground.keys.hasKey(ground.db, subject))
    ? (await ground.keys.getKey(subject)).key
    : entries[0]?.key;
  return entries.map(({ key, ...row }) => {
    if (own === undefined || Buffer.from(own).equals(key)) return row;
    const [tombstone] = blocksOf(encryptBlocks(own, digestBlocks([row], key)));
    return { ...row, tombstone: (tombstone as Buffer).toString('hex') };
  });
}

async function eraseAgain(
  ground: Ground,
  tenantId: string,
  { missing, key }: { missing: readonly TombstoneRow[]; key: Uint8Array | undefined },
): Promise<void> {
  const id = newId('del');
  const event = {
    tenantId,
    actor: { kind: 'service', id: 'start' },
    event: 'deletion.reapplied',
    outcome: 'succeeded',
    subject: { kind: 'deletion-request', id },
    detail: { tombstones: missing.length },
  } as const;
  await auditedTransaction(ground.db, event, async (tx) => {
    if (key !== undefined) await keepKey(ground, tx, { tenantId, key });
    await insertTombstones(tx, missing);
    await queueRestored(ground, tx, { id, tenantId });
  });
}

async function keepKey(
  ground: Ground,
  tx: AuditedTransaction,
  { tenantId, key }: { tenantId: string; key: Uint8Array },
): Promise<void> {
  const subject = tombstoneKey(tenantId);
  if (!(await ground.keys.hasKey(tx.trx, subject))) await ground.keys.addKey(tx, subject, key);
}

async function queueRestored(
  ground: Ground,
  tx: AuditedTransaction,
  { id, tenantId }: { id: string; tenantId: string },
): Promise<void> {
  const now = instantOf(ground.clock);
  // Jobs run in the order of their ids: one from the beginning of time comes before any that the backup had waiting.
  const jobId = newId('job', 0);
  await insertJob(
    tx,
    { id: jobId, kind: 'erase', tenantId, subject: { kind: 'deletion-request', id }, createdBy: 'start' },
    now,
  );
  await deletionRequests.insert(tx, {
    id,
    tenantId,
    source: 'restored',
    reference: null,
    status: 'queued',
    named: { digests: 0, record_ids: 0 },
    unmatchable: null,
    outcomes: null,
    erased: null,
    failure: null,
    jobId,
    receiptEventId: null,
    receivedAt: now,
    dueAt: now,
    createdAt: now,
    erasedAt: null,
    completedAt: null,
  });
}
