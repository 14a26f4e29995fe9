// The whole matrix of roles and permissions, written here a second time: each pair, inside the tenant and from another.
import { describe, expect, it } from 'vitest';
import { accessRequest, PERMISSIONS, type Permission, ROLES, type Role } from './access.ts';
import { loadPolicySet } from './decide.ts';

const set = loadPolicySet();
/** Of a tenant: how the service is, concerns its operators alone. */
const everyRead = PERMISSIONS.filter((permission) => permission.endsWith(':read') && permission !== 'service:read');

const MATRIX: Readonly<Record<Role, readonly Permission[]>> = {
  operator: [
    ...(['tenant:write', 'tenant:read', 'policy:read', 'policy:write', 'operator:write', 'service:read'] as const),
    ...(['break-glass:request', 'break-glass:read'] as const),
  ],
  admin: [
    'key-export:write',
    'break-glass:request',
    'member:write',
    'api-key:write',
    'key:rotate',
    'destination:write',
    'collaboration:write',
    'webhook:write',
    ...everyRead,
  ],
  'data-engineer': [
    ...(['dataset:write', 'dataset:read', 'upload:write', 'load:write', 'load:read'] as const),
    ...([
      'suppression:write',
      'suppression:read',
      'consent:write',
      'consent:read',
      'salt:read',
      'contribution:write',
      'collaboration:read',
      'job:read',
      'policy:read',
      'break-glass:request',
      'break-glass:read',
    ] as const),
  ],
  analyst: [
    ...(['break-glass:request', 'break-glass:read'] as const),
    'dataset:read',
    ...(['match:run', 'analysis:run', 'analysis:read', 'segment:write', 'segment:read'] as const),
    ...(['audience:write', 'audience:read', 'activation:write', 'activation:read', 'job:read', 'policy:read'] as const),
    ...(['collaboration:read', 'destination:read', 'delivery:read', 'approval:read'] as const),
  ],
  'compliance-officer': [
    ...everyRead,
    ...(['evidence:pack', 'webhook:write', 'approval:decide', 'suppression:write', 'deletion:write'] as const),
    ...(['consent:write', 'policy:write', 'person:answer'] as const),
  ],
  connector: ['delivery:read', 'destination:read', 'activation:read', 'job:read', 'policy:read'],
};

const pairs = ROLES.flatMap((role) => PERMISSIONS.map((permission) => ({ role, permission })));

describe.each(pairs)('$role $permission', ({ role, permission }) => {
  const expected = MATRIX[role].includes(permission) ? 'allow' : 'deny';

  it(`is ${expected} inside the tenant`, () => {
    expect(decide({ role, permission, of: 'osec', on: 'osec' })).toBe(expected);
  });

  it('reaches no other tenant, but for an operator', () => {
    const reaches = role === 'operator' || permission === 'policy:read' ? expected : 'deny';
    expect(decide({ role, permission, of: 'rando', on: 'osec' })).toBe(reaches);
  });
});

describe('roles', () => {
  it('add up', () => {
    for (const permission of PERMISSIONS) {
      const both = set.decide(request(['analyst', 'data-engineer'], permission)).outcome;
      const either = MATRIX.analyst.includes(permission) || MATRIX['data-engineer'].includes(permission);
      expect(both, permission).toBe(either ? 'allow' : 'deny');
    }
  });

  it.each(PERMISSIONS)('are needed for %s', (permission) => {
    const decision = set.decide(request([], permission));
    expect(decision.outcome).toBe('deny');
    expect(decision.reasons).toEqual(['role_missing']);
  });

  it('that nobody has heard of permit nothing', () => {
    expect(set.decide(request(['root' as Role], 'policy:read')).outcome).toBe('deny');
  });
});

describe('a permission that nobody has heard of', () => {
  it('is refused', () => {
    const decision = set.decide(request([...ROLES], 'dataset:publish' as Permission));
    expect(decision).toMatchObject({ outcome: 'deny', reasons: ['policy_error'] });
  });
});

function decide({ role, permission, of, on }: { role: Role; permission: Permission; of: string; on: string }) {
  return set.decide(
    accessRequest({
      member: { id: 'mem', tenantId: role === 'operator' ? null : of, roles: [role] },
      permission,
      resource: { type: 'thing', tenantId: on },
    }),
  ).outcome;
}

function request(roles: readonly Role[], permission: Permission) {
  const member = { id: 'mem', tenantId: 'osec', roles };
  return accessRequest({ member, permission, resource: { type: 'thing', tenantId: 'osec' } });
}
