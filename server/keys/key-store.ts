// The rows of wrapped keys. Writing asks for an audited transaction; deleting a row is the erasure.
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { newId } from '../ids.ts';
import type { KeyName, KeyPurpose } from './key-wrapping.ts';

export interface WrappedKey extends KeyName {
  readonly wrapped: string;
  readonly publicPart: string | undefined;
}

export interface StoredKey extends WrappedKey {
  readonly createdAt: string;
}

interface Row {
  id: string;
  purpose: KeyPurpose;
  owner_id: string;
  object_id: string;
  version: number;
  wrapped: string;
  public_part: string | null;
  created_at: string;
}

export interface KeySubject {
  readonly purpose: KeyPurpose;
  readonly ownerId: string;
  readonly objectId: string;
}

export async function insertWrappedKey(tx: AuditedTransaction, key: WrappedKey, instant: string): Promise<void> {
  await tx.trx<Row>('wrapped_keys').insert({
    id: newId('key'),
    purpose: key.purpose,
    owner_id: key.ownerId,
    object_id: key.objectId,
    version: key.version,
    wrapped: key.wrapped,
    public_part: key.publicPart ?? null,
    created_at: instant,
  });
}

/** The newest version first. */
export async function listWrappedKeys(source: Database | Knex.Transaction, subject: KeySubject): Promise<StoredKey[]> {
  const rows = await queries(source)<Row>('wrapped_keys')
    .where({ purpose: subject.purpose, owner_id: subject.ownerId, object_id: subject.objectId })
    .orderBy('version', 'desc');
  return rows.map(fromRow);
}

/** All objects of an owner, such as the salts of a collaboration. */
export async function listWrappedKeysOf(
  db: Database,
  owner: Pick<KeySubject, 'purpose' | 'ownerId'>,
): Promise<StoredKey[]> {
  const rows = await db
    .knex<Row>('wrapped_keys')
    .where({ purpose: owner.purpose, owner_id: owner.ownerId })
    .orderBy('id');
  return rows.map(fromRow);
}

export type KeyVersion = Pick<StoredKey, 'purpose' | 'ownerId' | 'objectId' | 'version' | 'createdAt'>;

/** Which versions these owners have, without the keys. The newest first. */
export async function listKeyVersionsOf(db: Database, ownerIds: readonly string[]): Promise<KeyVersion[]> {
  const rows = await db
    .knex<Row>('wrapped_keys')
    .whereIn('owner_id', [...ownerIds])
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .select('purpose', 'owner_id', 'object_id', 'version', 'created_at');
  return rows.map(({ purpose, owner_id: ownerId, object_id: objectId, version, created_at: createdAt }) => ({
    ...{ purpose, ownerId, objectId, version, createdAt },
  }));
}

export async function deleteWrappedKeys(
  tx: AuditedTransaction,
  subject: KeySubject & { version?: number },
): Promise<number> {
  const rows = tx
    .trx<Row>('wrapped_keys')
    .where({ purpose: subject.purpose, owner_id: subject.ownerId, object_id: subject.objectId });
  if (subject.version !== undefined) rows.andWhere({ version: subject.version });
  return rows.delete();
}

/** All objects of an owner at once, such as the salts of a collaboration that ended. */
export async function deleteWrappedKeysOf(
  tx: AuditedTransaction,
  owner: Pick<KeySubject, 'purpose' | 'ownerId'>,
): Promise<number> {
  return tx.trx<Row>('wrapped_keys').where({ purpose: owner.purpose, owner_id: owner.ownerId }).delete();
}

function queries(source: Database | Knex.Transaction): Knex {
  return 'dialect' in source ? source.knex : source;
}

function fromRow(row: Row): StoredKey {
  return {
    purpose: row.purpose,
    ownerId: row.owner_id,
    objectId: row.object_id,
    version: row.version,
    wrapped: row.wrapped,
    publicPart: row.public_part ?? undefined,
    createdAt: row.created_at,
  };
}
