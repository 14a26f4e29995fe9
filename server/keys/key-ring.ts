// The keys by what they are for. Every key is random, wrapped at rest, and gone for good once its row is deleted.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import sodium from 'libsodium-wrappers';
import { type Clock, instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { ServiceError } from '../errors.ts';
import {
  deleteWrappedKeys,
  deleteWrappedKeysOf,
  insertWrappedKey,
  type KeySubject,
  listWrappedKeys,
  type WrappedKey,
} from './key-store.ts';
import { unwrapKey, wrapKey } from './key-wrapping.ts';

export const SYMMETRIC_KEY_BYTES = 32;
export const SERVICE = 'service';

export interface UnwrappedKey {
  readonly key: Uint8Array;
  readonly version: number;
  readonly publicPart: string | undefined;
}

export class KeyRing {
  readonly #db: Database;
  readonly #rootKey: Uint8Array;
  readonly #clock: Clock;

  constructor({ db, rootKey, clock }: { db: Database; rootKey: Uint8Array; clock: Clock }) {
    this.#db = db;
    this.#rootKey = rootKey;
    this.#clock = clock;
  }

  /** The 32 bytes that a tenant's match keys are encrypted under. Throws `not_found` when there is none, or none any more. */
  async getTenantKey(tenantId: string): Promise<Uint8Array> {
    return (await this.getKey(tenantKey(tenantId))).key;
  }

  async getCollaborationKey(collaborationId: string): Promise<Uint8Array> {
    return (await this.getKey(collaborationKey(collaborationId))).key;
  }

  createTenantKey(tx: AuditedTransaction, tenantId: string): Promise<number> {
    return this.addKey(tx, tenantKey(tenantId), randomBytes(SYMMETRIC_KEY_BYTES));
  }

  createCollaborationKey(tx: AuditedTransaction, collaborationId: string): Promise<number> {
    return this.addKey(tx, collaborationKey(collaborationId), randomBytes(SYMMETRIC_KEY_BYTES));
  }

  /** Shreds whatever was re-keyed under it. */
  destroyCollaborationKey(tx: AuditedTransaction, collaborationId: string): Promise<number> {
    return deleteWrappedKeys(tx, collaborationKey(collaborationId));
  }

  /** Its own salts too: nobody will hash for it any more. */
  destroySalts(tx: AuditedTransaction, ownerId: string): Promise<number> {
    return deleteWrappedKeysOf(tx, { purpose: 'salt', ownerId });
  }

  /** The newest version, or the one named. */
  async getKey(subject: KeySubject, version?: number): Promise<UnwrappedKey> {
    const versions = await listWrappedKeys(this.#db, subject);
    const found = version === undefined ? versions[0] : versions.find((key) => key.version === version);
    if (found === undefined)
      throw new ServiceError('not_found', { detail: `No ${subject.purpose} key; it was destroyed or never made.` });
    return this.unwrap(found);
  }

  async unwrap(wrapped: WrappedKey): Promise<UnwrappedKey> {
    const key = await unwrapKey(this.#rootKey, wrapped, wrapped.wrapped);
    return { key, version: wrapped.version, publicPart: wrapped.publicPart };
  }

  /** Adds the next version of a key and returns its number. */
  async addKey(tx: AuditedTransaction, subject: KeySubject, key: Uint8Array, publicPart?: string): Promise<number> {
    const versions = await listWrappedKeys(tx.trx, subject);
    const name = { ...subject, version: (versions[0]?.version ?? 0) + 1 };
    const wrapped = await wrapKey(this.#rootKey, name, key);
    await insertWrappedKey(tx, { ...name, wrapped, publicPart }, instantOf(this.#clock));
    return name.version;
  }

  destroyKey(tx: AuditedTransaction, subject: KeySubject & { version?: number }): Promise<number> {
    return deleteWrappedKeys(tx, subject);
  }

  async hasKey(source: Database | Knex.Transaction, subject: KeySubject): Promise<boolean> {
    return (await listWrappedKeys(source, subject)).length > 0;
  }
}

export function tenantKey(tenantId: string): KeySubject {
  return { purpose: 'tenant-match', ownerId: tenantId, objectId: tenantId };
}

export function collaborationKey(collaborationId: string): KeySubject {
  return { purpose: 'collaboration-match', ownerId: collaborationId, objectId: collaborationId };
}

export const LOG_SIGNING_KEY: KeySubject = { purpose: 'log-signing', ownerId: SERVICE, objectId: 'audit-log' };
export const EGRESS_KEY: KeySubject = { purpose: 'egress', ownerId: SERVICE, objectId: 'activation-ids' };

/** An Ed25519 seed, with the public key in base64. */
export function newSigningKey(): { seed: Uint8Array; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const seed = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { seed, publicKey: point.toString('base64') };
}

/** An X25519 key pair for `crypto_box_seal`. */
export async function newEgressKey(): Promise<{ privateKey: Uint8Array; publicKey: string }> {
  await sodium.ready;
  const pair = sodium.crypto_box_keypair();
  return { privateKey: pair.privateKey, publicKey: Buffer.from(pair.publicKey).toString('base64') };
}
