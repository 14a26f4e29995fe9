// Tenants: made by an operator with a first admin and a key of their own; from then on the operator sees only their names.
import type { Tenant } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { AnswerOf, Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { issueWelcomeLink } from '../sign-in/welcome-link.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { insertApiKey } from './api-key-store.ts';
import { memberBody } from './member-handlers.ts';
import { insertMember } from './member-store.ts';
import { findTenant, insertTenant, listTenantRows, type TenantRow, tenantBody } from './tenant-store.ts';

export function tenantHandlers(ground: Ground): Pick<Handlers, 'listTenants' | 'createTenant' | 'getTenant'> {
  return {
    listTenants: ({ caller, query }) => listTenantRows(ground.db, caller.tenantId, query, tenantBody),
    createTenant: (request) => createTenant(ground, request),
    getTenant: (request) => getTenant(ground, request),
  };
}

async function getTenant(ground: Ground, { caller, params }: OperationRequest<'getTenant'>): Promise<Tenant> {
  const mayRead = caller.tenantId === null || caller.tenantId === params.tenant_id;
  const row = mayRead ? await findTenant(ground.db, params.tenant_id) : undefined;
  if (row === undefined) throw notFound('tenant');
  return tenantBody(row);
}

const DEFAULT_REGION = 'eu';

async function createTenant(
  ground: Ground,
  { caller, body }: OperationRequest<'createTenant'>,
): Promise<AnswerOf<'createTenant'>> {
  const createdAt = instantOf(ground.clock);
  const tenant: TenantRow = {
    id: newId('ten'),
    name: body.name,
    region: body.region ?? DEFAULT_REGION,
    status: 'active',
    created_at: createdAt,
  };
  const memberId = newId('mem');
  const key = makeApiKey({ tenantId: tenant.id, memberId, name: 'first admin', createdAt });
  const event = {
    ...byCaller(caller),
    tenantId: tenant.id,
    event: 'tenant.created',
    outcome: 'succeeded',
    subject: { kind: 'tenant', id: tenant.id },
    detail: { region: tenant.region, admin: memberId },
  } as const;
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    await insertTenant(tx, tenant);
    await ground.keys.createTenantKey(tx, tenant.id);
    const member = await insertMember(tx, {
      id: memberId,
      tenantId: tenant.id,
      name: body.admin_name,
      email: body.admin_email,
      roles: ['admin'],
      createdAt,
    });
    await insertApiKey(tx, key.row);
    const invited = { id: memberId, tenantId: tenant.id, name: member.name, createdBy: caller.memberId };
    return { admin: memberBody(member), welcome: await issueWelcomeLink(tx, ground, invited) };
  });
  return { tenant: tenantBody(tenant), ...result, api_key: apiKeyBody(key.row), secret: key.secret };
}
