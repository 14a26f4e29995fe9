// An API key: made from 256 random bits, shown once, kept as a digest.
import { randomBytes } from 'node:crypto';
import type { ApiKey } from '../../openapi/generated/api.ts';
import { secretDigest } from '../http/secret-digest.ts';
import { newId } from '../ids.ts';
import type { ApiKeyRow } from './api-key-store.ts';

const SECRET_BYTES = 32;

export interface NewKey {
  readonly row: ApiKeyRow;
  /** `ecl_<key id>_<43 characters>`: shown once. */
  readonly secret: string;
}

export interface KeyRequest {
  readonly tenantId: string | null;
  readonly memberId: string;
  readonly name: string;
  readonly scopes?: readonly string[] | undefined;
  readonly expiresAt?: string | undefined;
  readonly createdAt: string;
}

export function makeApiKey(request: KeyRequest): NewKey {
  const id = newId('key');
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const row: ApiKeyRow = {
    id,
    tenant_id: request.tenantId,
    member_id: request.memberId,
    name: request.name,
    scopes: JSON.stringify(request.scopes ?? []),
    secret_digest: secretDigest(secret).toString('hex'),
    created_at: request.createdAt,
    expires_at: request.expiresAt ? new Date(request.expiresAt).toISOString() : null,
    last_used_at: null,
    revoked_at: null,
  };
  return { row, secret: `ecl_${id}_${secret}` };
}

export function apiKeyBody(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    member_id: row.member_id,
    name: row.name,
    scopes: JSON.parse(row.scopes) as string[],
    created_at: row.created_at,
    expires_at: row.expires_at,
    last_used_at: row.last_used_at,
    revoked_at: row.revoked_at,
  };
}
