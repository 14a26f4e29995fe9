// Keys that the service itself needs from its first start on: a salt, the egress key pair and the log's signing key.
import { randomBytes } from 'node:crypto';
import { type AuditedTransaction, auditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import type { Ground } from '../ground.ts';
import { newId } from '../ids.ts';
import { EGRESS_KEY, type KeyRing, LOG_SIGNING_KEY, newEgressKey, newSigningKey, SERVICE } from './key-ring.ts';
import { listWrappedKeysOf, type StoredKey } from './key-store.ts';

const SALT_BYTES = 32;

/** Makes what is missing, each with its audit event. */
export async function ensureServiceKeys(ground: Pick<Ground, 'db' | 'keys'>): Promise<void> {
  const { db, keys } = ground;
  if (!(await keys.hasKey(db, LOG_SIGNING_KEY))) {
    const { seed, publicKey } = newSigningKey();
    await record(db, 'key.created', 'log-signing', (tx) => keys.addKey(tx, LOG_SIGNING_KEY, seed, publicKey));
  }
  if (!(await keys.hasKey(db, EGRESS_KEY))) {
    const { privateKey, publicKey } = await newEgressKey();
    await record(db, 'key.created', 'egress', (tx) => keys.addKey(tx, EGRESS_KEY, privateKey, publicKey));
  }
  if ((await listSalts(ground, SERVICE)).length === 0) {
    await record(db, 'salt.issued', 'service', (tx) => addSalt(tx, keys, { ownerId: SERVICE, epoch: 1 }));
  }
}

export interface Salt {
  readonly id: string;
  readonly epoch: number;
  readonly value: string;
  readonly createdAt: string;
}

/** Issues a salt of the service or of a collaboration for an epoch; epochs count up from 1. */
export async function addSalt(
  tx: AuditedTransaction,
  keys: KeyRing,
  salt: { ownerId: string; epoch: number },
): Promise<string> {
  const objectId = newId('slt');
  const value = randomBytes(SALT_BYTES).toString('base64url');
  await keys.addKey(tx, { purpose: 'salt', ownerId: salt.ownerId, objectId }, Buffer.from(value), String(salt.epoch));
  return objectId;
}

/** The newest epoch first. */
export async function listSalts({ db, keys }: Pick<Ground, 'db' | 'keys'>, ownerId: string): Promise<Salt[]> {
  const rows = await listWrappedKeysOf(db, { purpose: 'salt', ownerId });
  const salts = await Promise.all(rows.map((row) => saltOf(keys, row)));
  return salts.toSorted((a, b) => b.epoch - a.epoch);
}

async function saltOf(keys: KeyRing, row: StoredKey): Promise<Salt> {
  const { key } = await keys.unwrap(row);
  return {
    id: row.objectId,
    epoch: Number(row.publicPart),
    value: Buffer.from(key).toString('utf8'),
    createdAt: row.createdAt,
  };
}

async function record(
  db: Database,
  event: 'key.created' | 'salt.issued',
  kind: string,
  work: (tx: AuditedTransaction) => Promise<unknown>,
): Promise<void> {
  const draft = {
    tenantId: null,
    actor: { kind: 'service', id: 'service' },
    event,
    outcome: 'succeeded',
    subject: { kind: 'key', id: kind },
    detail: {},
  } as const;
  await auditedTransaction(db, draft, work);
}
