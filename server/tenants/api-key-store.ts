// API keys as stored: the SHA-256 of the secret, never the secret. Reading a credential joins its member and tenant.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { writeTransaction } from '../database/write-transaction.ts';
import type { Caller, Role } from '../http/caller.ts';
import { TOUCH_INTERVAL_MS } from '../http/limits.ts';
import { listPage, type Page, type PageRequest } from '../http/page.ts';

export interface ApiKeyRow {
  id: string;
  tenant_id: string | null;
  member_id: string;
  name: string;
  scopes: string;
  secret_digest: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface Credential {
  readonly caller: Caller;
  readonly secretDigest: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  /** Neither the key, nor its member, nor its tenant was switched off. */
  readonly active: boolean;
}

interface CredentialRow extends ApiKeyRow {
  roles: string;
  member_status: string;
  tenant_status: string | null;
}

export async function findCredential(db: Database, apiKeyId: string): Promise<Credential | undefined> {
  const row = await db
    .knex('api_keys')
    .join('members', 'members.id', 'api_keys.member_id')
    .leftJoin('tenants', 'tenants.id', 'api_keys.tenant_id')
    .where('api_keys.id', apiKeyId)
    .first<CredentialRow | undefined>(
      'api_keys.*',
      'members.roles as roles',
      'members.status as member_status',
      'tenants.status as tenant_status',
    );
  return row && credentialOf(row);
}

function credentialOf(row: CredentialRow): Credential {
  return {
    caller: {
      memberId: row.member_id,
      tenantId: row.tenant_id,
      roles: JSON.parse(row.roles) as Role[],
      credentialId: row.id,
      scopes: JSON.parse(row.scopes) as string[],
    },
    secretDigest: row.secret_digest,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    active: row.revoked_at === null && row.member_status === 'active' && (row.tenant_status ?? 'active') === 'active',
  };
}

/** Housekeeping, not a change that anyone made: the only write here without an event. */
export async function touchApiKey(
  db: Database,
  use: { apiKeyId: string; lastUsedAt: string | null; now: string },
): Promise<void> {
  if (use.lastUsedAt !== null && Date.parse(use.now) - Date.parse(use.lastUsedAt) < TOUCH_INTERVAL_MS) return;
  await writeTransaction(db, (trx) =>
    trx<ApiKeyRow>('api_keys').where({ id: use.apiKeyId }).update({ last_used_at: use.now }),
  );
}

export async function insertApiKey(tx: AuditedTransaction, row: ApiKeyRow): Promise<void> {
  await tx.trx<ApiKeyRow>('api_keys').insert(row);
}

/** True when a key that was in force was revoked. */
export async function revokeApiKeyRow(
  tx: AuditedTransaction,
  key: { id: string; tenantId: string; at: string },
): Promise<boolean> {
  const changed = await tx
    .trx<ApiKeyRow>('api_keys')
    .where({ id: key.id, tenant_id: key.tenantId })
    .whereNull('revoked_at')
    .update({ revoked_at: key.at });
  return changed > 0;
}

export async function revokeKeysOfMember(tx: AuditedTransaction, memberId: string, at: string): Promise<number> {
  return tx
    .trx<ApiKeyRow>('api_keys')
    .where({ member_id: memberId })
    .whereNull('revoked_at')
    .update({ revoked_at: at });
}

export async function findApiKey(db: Database, id: string, tenantId: string): Promise<ApiKeyRow | undefined> {
  return db.knex<ApiKeyRow>('api_keys').where({ id, tenant_id: tenantId }).first();
}

export function listApiKeyRows<T>(
  db: Database,
  tenantId: string,
  page: PageRequest,
  bodyOf: (row: ApiKeyRow) => T,
): Promise<Page<T>> {
  return listPage(db.knex<ApiKeyRow>('api_keys').where({ tenant_id: tenantId }), page, bodyOf);
}
