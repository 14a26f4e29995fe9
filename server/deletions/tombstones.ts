// Tombstones: the keys of erased persons under a key that nothing else uses. They are good for one question alone, whether
// somebody who comes in again was erased, and equal no key that the engine ever stored.
import { createDecipheriv, randomBytes } from 'node:crypto';
import type { NamedKey } from '../../matching/erase/erasure.ts';
import { encryptBlocks } from '../../matching/kernel/rekey.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import type { Ground } from '../ground.ts';
import { SYMMETRIC_KEY_BYTES } from '../keys/key-ring.ts';
import type { KeySubject } from '../keys/key-store.ts';
import { blocksOf } from './named-persons.ts';

export interface TombstoneRow {
  tenant_id: string;
  dataset_id: string;
  /** 32 hex digits. */
  tombstone: string;
  deletion_request_id: string;
  created_at: string;
}

export function tombstoneKey(tenantId: string): KeySubject {
  return { purpose: 'tombstone', ownerId: tenantId, objectId: tenantId };
}

/** The tenant's own, made in the transaction of its first deletion request. */
export async function ensureTombstoneKey(ground: Ground, tx: AuditedTransaction, tenantId: string): Promise<void> {
  const subject = tombstoneKey(tenantId);
  if (await ground.keys.hasKey(tx.trx, subject)) return;
  await ground.keys.addKey(tx, subject, randomBytes(SYMMETRIC_KEY_BYTES));
}

export interface TombstoneKeys {
  readonly tenantKey: Uint8Array;
  readonly tombstoneKey: Uint8Array;
}

export async function getTombstoneKeys(ground: Ground, tenantId: string): Promise<TombstoneKeys> {
  const { key } = await ground.keys.getKey(tombstoneKey(tenantId));
  return { tenantKey: await ground.keys.getTenantKey(tenantId), tombstoneKey: key };
}

/** From a match key of the tenant to what may be kept of it. */
export function tombstonesOf(keys: readonly NamedKey[], { tenantKey, tombstoneKey }: TombstoneKeys) {
  const blocks = decryptBlocks(tenantKey, Buffer.concat(keys.map(({ key }) => key)));
  const tombstones = blocksOf(encryptBlocks(tombstoneKey, blocks));
  return keys.map(({ dataset }, n) => ({ dataset, tombstone: (tombstones[n] as Buffer).toString('hex') }));
}

/** And back, under the key that the tenant has now. */
export function keysOfTombstones(
  rows: readonly Pick<TombstoneRow, 'dataset_id' | 'tombstone'>[],
  { tenantKey, tombstoneKey }: TombstoneKeys,
): NamedKey[] {
  const keys = blocksOf(encryptBlocks(tenantKey, digestBlocks(rows, tombstoneKey)));
  return rows.map(({ dataset_id: dataset }, n) => ({
    key: keys[n] as Buffer,
    dataset: dataset === '' ? undefined : dataset,
  }));
}

/** The halves of digests, or staged record ids, that the tombstones were made of. */
export function digestBlocks(rows: readonly Pick<TombstoneRow, 'tombstone'>[], tombstoneKey: Uint8Array): Buffer {
  return decryptBlocks(tombstoneKey, Buffer.from(rows.map(({ tombstone }) => tombstone).join(''), 'hex'));
}

export function decryptBlocks(key: Uint8Array, blocks: Uint8Array): Buffer {
  if (blocks.length === 0) return Buffer.alloc(0);
  return createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(blocks);
}

export async function listTombstones(
  db: Database,
  where: { tenant_id: string; deletion_request_id?: string },
): Promise<TombstoneRow[]> {
  return db.knex<TombstoneRow>('tombstones').where(where);
}

/** Rows that one statement takes, within what SQLite binds. */
const ROWS_A_STATEMENT = 150;

/** Those that are there already stay as they are. Answers how many are new. */
export async function insertTombstones(tx: AuditedTransaction, rows: readonly TombstoneRow[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    const some = rows.slice(from, from + ROWS_A_STATEMENT);
    await tx.trx('tombstones').insert(some).onConflict(['tenant_id', 'dataset_id', 'tombstone']).ignore();
  }
}

export interface ErasedKeys {
  /** Match keys, sixteen bytes each, of identifiers and of record ids. */
  readonly keys: Uint8Array;
  readonly recordKeys: Uint8Array;
}

/** Whom a load of the dataset must not bring back; undefined where nobody was ever erased. */
export async function findErasedKeys(
  ground: Ground,
  of: { tenantId: string; datasetId: string },
): Promise<ErasedKeys | undefined> {
  const rows = await ground.db
    .knex<TombstoneRow>('tombstones')
    .where({ tenant_id: of.tenantId })
    .whereIn('dataset_id', ['', of.datasetId])
    .select('dataset_id', 'tombstone');
  if (rows.length === 0) return undefined;
  const keys = keysOfTombstones(rows, await getTombstoneKeys(ground, of.tenantId));
  const ofKind = (isRecord: boolean) =>
    Buffer.concat(keys.filter(({ dataset }) => (dataset !== undefined) === isRecord).map(({ key }) => key));
  return { keys: ofKind(false), recordKeys: ofKind(true) };
}
