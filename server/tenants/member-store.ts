// Members of tenants, and the operators, who belong to none.
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/write-transaction.ts';
import { ServiceError } from '../errors.ts';
import type { Role } from '../http/caller.ts';
import { listPage, type Page, type PageRequest } from '../http/page.ts';

export interface MemberRow {
  id: string;
  tenant_id: string | null;
  name: string;
  email: string | null;
  roles: string;
  status: 'active' | 'inactive';
  created_at: string;
}

export interface NewMember {
  readonly id: string;
  readonly tenantId: string | null;
  readonly name: string;
  readonly email?: string | undefined;
  readonly roles: readonly Role[];
  readonly createdAt: string;
}

export function rolesOf({ roles }: Pick<MemberRow, 'roles'>): Role[] {
  return JSON.parse(roles) as Role[];
}

/** Throws `name_taken`. */
export async function insertMember(tx: AuditedTransaction, member: NewMember): Promise<MemberRow> {
  const row: MemberRow = {
    id: member.id,
    tenant_id: member.tenantId,
    name: member.name,
    email: member.email?.toLowerCase() ?? null,
    roles: JSON.stringify(member.roles),
    status: 'active',
    created_at: member.createdAt,
  };
  await tx
    .trx<MemberRow>('members')
    .insert(row)
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? new ServiceError('name_taken', { detail: 'A member has this email.' }) : error;
    });
  return row;
}

export async function findMember(db: Database, id: string, tenantId: string): Promise<MemberRow | undefined> {
  return db.knex<MemberRow>('members').where({ id, tenant_id: tenantId }).first();
}

export async function findOperator(db: Database, id: string): Promise<MemberRow | undefined> {
  return db.knex<MemberRow>('members').where({ id }).whereNull('tenant_id').first();
}

export function listMemberRows<T>(
  db: Database,
  tenantId: string,
  page: PageRequest,
  bodyOf: (row: MemberRow) => T,
): Promise<Page<T>> {
  return listPage(db.knex<MemberRow>('members').where({ tenant_id: tenantId }), page, bodyOf);
}

export async function deactivateMemberRow(tx: AuditedTransaction, id: string, tenantId: string): Promise<boolean> {
  const changed = await tx
    .trx<MemberRow>('members')
    .where({ id, tenant_id: tenantId, status: 'active' })
    .update({ status: 'inactive' });
  return changed > 0;
}
