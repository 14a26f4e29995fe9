// Who may do what: turns a member, a permission and what it concerns into a question for the policy set.
// The matrix of roles and permissions is written in `schema.cedarschema` as groups of actions, one a role.
import type { PolicyRequest } from './decide.ts';
import { instantValue } from './instant.ts';

export const ROLES = ['operator', 'admin', 'data-engineer', 'analyst', 'compliance-officer', 'connector'] as const;
export type Role = (typeof ROLES)[number];

export const PERMISSIONS = [
  'tenant:write',
  'tenant:read',
  'member:write',
  'member:read',
  'api-key:write',
  'api-key:read',
  'key:rotate',
  'salt:read',
  'dataset:write',
  'dataset:read',
  'upload:write',
  'load:write',
  'load:read',
  'suppression:write',
  'suppression:read',
  'deletion:write',
  'deletion:read',
  'person:answer',
  'consent:write',
  'consent:read',
  'collaboration:write',
  'collaboration:read',
  'contribution:write',
  'match:run',
  'analysis:run',
  'analysis:read',
  'segment:write',
  'segment:read',
  'audience:write',
  'audience:read',
  'destination:write',
  'destination:read',
  'activation:write',
  'activation:read',
  'approval:read',
  'approval:decide',
  'delivery:read',
  'job:read',
  'audit:read',
  'evidence:pack',
  'webhook:write',
  'policy:read',
  'policy:write',
  'operator:write',
  'service:read',
  'key-export:write',
  'key-export:read',
  'break-glass:request',
  'break-glass:read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface AccessFacts {
  readonly member: {
    readonly id: string;
    /** Null for an operator, who stands outside every tenant. */
    readonly tenantId: string | null;
    readonly roles: readonly Role[];
    /** Permissions of the API key in use; absent when the key is not narrowed. */
    readonly scopes?: readonly Permission[];
    /** What was opened for a time by a break-glass read; instants in RFC 3339, UTC. */
    readonly glass?: { readonly permissions: readonly string[]; readonly until: string; readonly now: string };
  };
  readonly permission: Permission;
  readonly resource: {
    readonly type: string;
    readonly id?: string;
    /** The owner; null for what belongs to the service as a whole. */
    readonly tenantId: string | null;
    /** All tenants that share it, such as the members of a collaboration. */
    readonly memberTenantIds?: readonly string[];
    /** The member who asked for what is now to be approved. */
    readonly requestedBy?: string;
  };
}

export function accessRequest({ member, permission, resource }: AccessFacts): PolicyRequest {
  const principal = { type: 'Member', id: member.id };
  const subject = { type: 'Subject', id: `${resource.type}/${resource.id ?? 'any'}` };
  const tenantIds = new Set([
    ...(resource.tenantId === null ? [] : [resource.tenantId]),
    ...(resource.memberTenantIds ?? []),
  ]);
  return {
    principal,
    action: permission,
    resource: subject,
    context: { permission },
    entities: [
      {
        uid: principal,
        attrs: {
          id: member.id,
          ...(member.tenantId === null ? {} : { tenantId: member.tenantId }),
          ...(member.scopes === undefined ? {} : { scopes: [...member.scopes] }),
          ...(member.glass === undefined ? {} : { glass: glassFacts(member.glass) }),
        },
        parents: member.roles.map((id) => ({ type: 'Role', id })),
      },
      {
        uid: subject,
        attrs: {
          tenantIds: [...tenantIds],
          ...(resource.requestedBy === undefined ? {} : { requestedBy: resource.requestedBy }),
        },
        parents: [],
      },
    ],
  };
}

function glassFacts({ permissions, until, now }: NonNullable<AccessFacts['member']['glass']>) {
  return { permissions: [...permissions], until: instantValue(until), now: instantValue(now) };
}
