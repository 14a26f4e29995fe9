// Tenants: isolated organisations.
import type { Tenant } from '../../openapi/generated/api.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/write-transaction.ts';
import { ServiceError } from '../errors.ts';
import { listPage, type Page, type PageRequest } from '../http/page.ts';

export interface TenantRow {
  id: string;
  name: string;
  region: string;
  status: 'active' | 'suspended';
  created_at: string;
}

/** Throws `name_taken`. */
export async function insertTenant(tx: AuditedTransaction, row: TenantRow): Promise<void> {
  await tx
    .trx<TenantRow>('tenants')
    .insert(row)
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new ServiceError('name_taken', { detail: 'A tenant has this name.' }) : error;
    });
}

export async function findTenant(db: Database, id: string): Promise<TenantRow | undefined> {
  return db.knex<TenantRow>('tenants').where({ id }).first();
}

/** All of them for an operator, the own one for a member. */
export function listTenantRows<T>(
  db: Database,
  ownTenantId: string | null,
  page: PageRequest,
  bodyOf: (row: TenantRow) => T,
): Promise<Page<T>> {
  const rows = db.knex<TenantRow>('tenants');
  return listPage(ownTenantId === null ? rows : rows.where({ id: ownTenantId }), page, bodyOf);
}

export function tenantBody(row: TenantRow): Tenant {
  return { id: row.id, name: row.name, region: row.region, created_at: row.created_at };
}
