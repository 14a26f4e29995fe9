// Members and their API keys: a member's keys die with the membership.
import type { Member, NewMember, WelcomeLink } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import { auditedTransaction } from '../database/audited-transaction.ts';
import { notFound, ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller, type Role } from '../http/caller.ts';
import type { Handlers, OperationRequest } from '../http/operation.ts';
import { newId } from '../ids.ts';
import { endSessionsOfMember } from '../sign-in/session-store.ts';
import { issueWelcomeLink, makeWelcomeLink } from '../sign-in/welcome-link.ts';
import { apiKeyBody, makeApiKey } from './api-key.ts';
import { findApiKey, insertApiKey, listApiKeyRows, revokeApiKeyRow, revokeKeysOfMember } from './api-key-store.ts';
import { deactivateMemberRow, findMember, insertMember, listMemberRows, type MemberRow } from './member-store.ts';

type Operations =
  | 'listMembers'
  | 'createMember'
  | 'getMember'
  | 'deactivateMember'
  | 'createWelcomeLink'
  | 'listApiKeys'
  | 'createApiKey'
  | 'revokeApiKey';

export function memberHandlers(ground: Ground): Pick<Handlers, Operations> {
  return {
    listMembers: ({ tenantId, query }) => listMemberRows(ground.db, tenantId, query, memberBody),
    createMember: (request) => createMember(ground, request),
    getMember: async ({ tenantId, params }) => memberBody(await getMember(ground, params.member_id, tenantId)),
    deactivateMember: (request) => deactivateMember(ground, request),
    createWelcomeLink: (request) => createWelcomeLink(ground, request),
    listApiKeys: ({ tenantId, query }) => listApiKeyRows(ground.db, tenantId, query, apiKeyBody),
    createApiKey: (request) => createApiKey(ground, request),
    revokeApiKey: (request) => revokeApiKey(ground, request),
  };
}

export function memberBody(row: MemberRow): Member {
  return {
    id: row.id,
    tenant_id: row.tenant_id ?? '',
    name: row.name,
    email: row.email,
    roles: JSON.parse(row.roles) as Member['roles'],
    active: row.status === 'active',
    created_at: row.created_at,
  };
}

async function getMember(ground: Ground, id: string, tenantId: string): Promise<MemberRow> {
  const row = await findMember(ground.db, id, tenantId);
  if (row === undefined) throw notFound('member');
  return row;
}

async function createMember(
  ground: Ground,
  { caller, tenantId, body }: OperationRequest<'createMember'>,
): Promise<NewMember> {
  const id = newId('mem');
  const roles: Role[] = body.roles;
  const event = {
    ...byCaller(caller),
    event: 'member.added',
    outcome: 'succeeded',
    subject: { kind: 'member', id },
    detail: { roles },
  } as const;
  const createdAt = instantOf(ground.clock);
  const { result } = await auditedTransaction(ground.db, event, async (tx) => {
    const row = await insertMember(tx, { id, tenantId, name: body.name, email: body.email, roles, createdAt });
    const invited = { id, tenantId, name: body.name, createdBy: caller.memberId };
    return { ...memberBody(row), welcome: await issueWelcomeLink(tx, ground, invited) };
  });
  return result;
}

async function deactivateMember(
  ground: Ground,
  { caller, tenantId, params }: OperationRequest<'deactivateMember'>,
): Promise<undefined> {
  const { id } = await getMember(ground, params.member_id, tenantId);
  if (id === caller.memberId)
    throw new ServiceError('state_conflict', { detail: 'Another admin has to deactivate you.' });
  const event = {
    ...byCaller(caller),
    event: 'member.removed',
    outcome: 'succeeded',
    subject: { kind: 'member', id },
  } as const;
  await auditedTransaction(
    ground.db,
    (keysRevoked: number) => ({ ...event, detail: { keysRevoked } }),
    async (tx) => {
      await deactivateMemberRow(tx, id, tenantId);
      await endSessionsOfMember(tx, id, instantOf(ground.clock));
      return revokeKeysOfMember(tx, id, instantOf(ground.clock));
    },
  );
}

async function createWelcomeLink(
  ground: Ground,
  { caller, tenantId, params }: OperationRequest<'createWelcomeLink'>,
): Promise<WelcomeLink> {
  const member = await getMember(ground, params.member_id, tenantId);
  if (member.status !== 'active') throw new ServiceError('state_conflict', { detail: 'The member is not active.' });
  return makeWelcomeLink(ground, { caller, member });
}

async function createApiKey(ground: Ground, { caller, tenantId, body }: OperationRequest<'createApiKey'>) {
  const member = await getMember(ground, body.member_id, tenantId);
  if (member.status !== 'active') throw new ServiceError('state_conflict', { detail: 'The member is not active.' });
  const key = makeApiKey({
    tenantId,
    memberId: member.id,
    name: body.name,
    scopes: body.scopes,
    expiresAt: body.expires_at,
    createdAt: instantOf(ground.clock),
  });
  const event = {
    ...byCaller(caller),
    event: 'api-key.created',
    outcome: 'succeeded',
    subject: { kind: 'api-key', id: key.row.id },
    detail: { member: member.id, scopes: body.scopes ?? [] },
  } as const;
  await auditedTransaction(ground.db, event, (tx) => insertApiKey(tx, key.row));
  return { api_key: apiKeyBody(key.row), secret: key.secret };
}

async function revokeApiKey(
  ground: Ground,
  { caller, tenantId, params }: OperationRequest<'revokeApiKey'>,
): Promise<undefined> {
  const row = await findApiKey(ground.db, params.api_key_id, tenantId);
  if (row === undefined) throw notFound('API key');
  const event = {
    ...byCaller(caller),
    event: 'api-key.revoked',
    outcome: 'succeeded',
    subject: { kind: 'api-key', id: row.id },
    detail: { member: row.member_id },
  } as const;
  if (row.revoked_at !== null) return;
  await auditedTransaction(ground.db, event, (tx) =>
    revokeApiKeyRow(tx, { id: row.id, tenantId, at: instantOf(ground.clock) }),
  );
}
