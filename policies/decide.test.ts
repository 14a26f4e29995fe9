// The policy set is closed where in doubt: what is invalid does not load, what errors denies, a forbid only ever narrows.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessRequest, PERMISSIONS, ROLES } from './access.ts';
import { aggregateRequest } from './aggregate-release.ts';
import { personRequest } from './consent.ts';
import { loadPolicySet, makePolicySet, type PolicyRequest } from './decide.ts';
import { isDecision, strictestDecision } from './decision.ts';
import { isDenyReason } from './deny-reason.ts';
import { PolicyError } from './policy-error.ts';
import { actionGroups, type Policy, parsePolicies, policySetHash, readPolicySource } from './policy-source.ts';
import { NO_USE } from './privacy-threshold.ts';

const source = readPolicySource(new URL('./', import.meta.url));
const shipped = loadPolicySet();

describe('the shipped policies', () => {
  it.each(source.policies)('$id says its title, reason and code', (policy) => {
    expect(policy.title.length).toBeGreaterThan(10);
    expect(policy.reason).toMatch(/\.$/);
    expect(isDenyReason(policy.code)).toBe(true);
  });

  it('speak of actions that the schema knows', () => {
    const actions = actionGroups(source.schema);
    for (const { actionScope } of source.policies) expect([...actions.keys()]).toContain(actionScope);
    for (const permission of PERMISSIONS) expect([...(actions.get(permission) ?? [])]).toContain('any permission');
  });

  it('leave no permission outside of tenants but the reading of policies', () => {
    const actions = actionGroups(source.schema);
    const outside = PERMISSIONS.filter((permission) => !actions.get(permission)?.has('work inside a tenant'));
    expect(outside).toEqual(['policy:read']);
  });
});

describe('the hash of a policy set', () => {
  it('does not depend on the order of the policies', () => {
    expect(policySetHash({ ...source, policies: source.policies.toReversed() })).toBe(shipped.hash);
  });

  it('changes with any word of any policy, and with the schema', () => {
    const hashes = new Set(
      source.policies.map((changed) =>
        policySetHash({
          ...source,
          policies: source.policies.map((policy) => (policy === changed ? reworded(policy) : policy)),
        }),
      ),
    );
    hashes.add(policySetHash({ ...source, schema: `${source.schema}\n` }));
    expect(hashes.size).toBe(source.policies.length + 1);
    expect(hashes.has(shipped.hash)).toBe(false);
  });
});

describe('a policy set does not load', () => {
  it.each<[string, string, string]>([
    ['that does not parse', 'policy_unreadable', 'forbid ('],
    ['without an id', 'annotation_missing', forbidWith({ id: '' })],
    ['without a reason', 'annotation_missing', forbidWith({ reason: '' })],
    ['with a code nobody knows', 'reason_unknown', forbidWith({ code: 'because' })],
    ['with a policy about all actions', 'policy_invalid', forbidWith({ scope: 'principal, action, resource' })],
    ['with two policies of one id', 'policy_id_duplicate', forbidWith({ id: 'consent-given' })],
    ['with a fact the schema lacks', 'policy_invalid', forbidWith({ condition: 'when { context.mood == "good" }' })],
    [
      'with a condition that compares apples and pears',
      'policy_invalid',
      forbidWith({ condition: 'when { 1 == "1" }' }),
    ],
    ['with a policy that can never apply', 'policy_invalid', forbidWith({ condition: 'when { 1 == 2 }' })],
    [
      'with a template',
      'policy_unreadable',
      forbidWith({ scope: 'principal == ?principal, action == Action::"job:read", resource' }),
    ],
  ])('%s', (_name, code, text) => {
    expect(() => makePolicySet({ ...source, policies: [...source.policies, ...parsePolicies(text)] })).toThrow(
      expect.toSatisfy((error: unknown) => error instanceof PolicyError && error.code === code),
    );
  });
});

describe('an evaluation error', () => {
  // Adding the largest number to a count of persons overflows at run time alone.
  const overflow = { condition: 'when { context.persons + 9223372036854775807 < 0 }' };
  const erring = makePolicySet({ ...source, policies: [...source.policies, ...parsePolicies(forbidWith(overflow))] });

  it('in a forbid denies, although Cedar would skip it', () => {
    expect(shipped.decide(figure(1000)).outcome).toBe('allow');
    const decision = erring.decide(figure(1000));
    expect(decision).toMatchObject({ outcome: 'deny', reasons: ['policy_error'], policies: ['added'] });
  });

  it.each<[string, PolicyRequest]>([
    ['an unknown action', { ...figure(1000), action: 'audience:publish' }],
    ['a missing fact', { ...figure(1000), context: {} }],
    ['an unknown fact', { ...figure(1000), context: { ...figure(1000).context, vip: true } }],
    ['a count that is no number', figure(Number.NaN)],
    ['a missing entity', { ...figure(1000), entities: [] }],
    ['the instant of a broken clock', figure(1000, 'yesterday')],
    ['the 30th of February', figure(1000, '2026-02-30T00:00:00Z')],
  ])('comes from %s, and denies', (_name, request) => {
    expect(shipped.decide(request)).toMatchObject({ outcome: 'deny', reasons: ['policy_error'] });
  });
});

describe('adding a forbid', () => {
  const narrower = [
    ['any permission', ''],
    ['any permission', 'when { principal has tenantId }'],
    ['work inside a tenant', 'unless { resource.tenantIds.contains("osec") }'],
    ['any release', ''],
    ['any release', 'when { context.persons > 100 }'],
    ['person:deliver', ''],
    ['person:deliver', 'unless { resource.known }'],
  ].map(([group, condition = '']) => {
    const text = forbidWith({ condition, scope: `principal, action in Action::"${group}", resource` });
    return makePolicySet({ ...source, policies: [...source.policies, ...parsePolicies(text)] });
  });

  it('never allows more', () => {
    fc.assert(
      fc.property(anyRequest(), fc.constantFrom(...narrower), (request, set) => {
        return shipped.decide(request).outcome === 'allow' || set.decide(request).outcome === 'deny';
      }),
      { numRuns: 500 },
    );
  });
});

describe('every decision', () => {
  it('that denies says why, and one that allows says by which policy', () => {
    fc.assert(
      fc.property(anyRequest(), (request) => {
        const decision = shipped.decide(request);
        expect(decision.policySetHash).toBe(shipped.hash);
        if (decision.outcome === 'deny') expect(decision.reasons.length).toBeGreaterThan(0);
        else expect([decision.reasons.length, decision.policies.length > 0]).toEqual([0, true]);
      }),
    );
  });

  it('is frozen and genuine', () => {
    const decision = shipped.decide(figure(1000));
    expect(isDecision(decision)).toBe(true);
    expect(() => Object.assign(decision, { outcome: 'allow' })).toThrow(TypeError);
    expect(isDecision({ ...decision })).toBe(false);
  });

  it('takes well under ten milliseconds, so that hundreds of consent classes cost little', () => {
    const started = performance.now();
    for (let index = 0; index < 300; index++) shipped.decide(figure(1000 + index));
    expect((performance.now() - started) / 300).toBeLessThan(10);
  });
});

describe('the strictest of several decisions', () => {
  const allow = shipped.decide(figure(1000));
  const deny = shipped.decide(figure(3));

  it('allows only when all allow', () => {
    expect(strictestDecision([allow, allow]).outcome).toBe('allow');
    expect(strictestDecision([allow, deny])).toMatchObject({ outcome: 'deny', reasons: ['below_threshold'] });
    expect(strictestDecision([deny, allow])).toEqual(strictestDecision([allow, deny]));
  });

  it('is a denial when there is none, or when one was written by hand', () => {
    expect(strictestDecision([])).toMatchObject({ outcome: 'deny', reasons: ['not_permitted'] });
    expect(strictestDecision([allow, { ...allow }]).outcome).toBe('deny');
  });
});

function forbidWith(parts: {
  id?: string;
  reason?: string;
  code?: string;
  scope?: string;
  condition?: string;
}): string {
  const annotations = { id: 'added', title: 'Added', reason: 'A test.', code: 'not_permitted', ...parts };
  const named = (['id', 'title', 'reason', 'code'] as const).filter((name) => annotations[name] !== '');
  const scope = parts.scope ?? 'principal, action in Action::"any release", resource';
  return `${named.map((name) => `@${name}("${annotations[name]}")`).join('\n')}\nforbid (${scope}) ${parts.condition ?? ''};`;
}

function reworded(policy: Policy): Policy {
  return { ...policy, text: policy.text.replace('@title("', '@title("Indeed: ') };
}

function figure(persons: number, instant = '2026-03-01T09:00:00Z'): PolicyRequest {
  return aggregateRequest({
    analysis: 'overlap',
    requestedBy: { memberId: 'ana', tenantId: 'osec' },
    persons,
    rules: [{ tenantId: 'osec', rule: { ...NO_USE, allowedAnalyses: ['overlap'] } }],
    collaborationStatus: 'active',
    instant,
  });
}

function anyRequest(): fc.Arbitrary<PolicyRequest> {
  const tenant = fc.constantFrom('osec', 'rando');
  const access = fc
    .record({ roles: fc.subarray([...ROLES]), permission: fc.constantFrom(...PERMISSIONS), of: tenant, on: tenant })
    .map(({ roles, permission, of, on }) =>
      accessRequest({
        member: { id: 'm', tenantId: of, roles },
        permission,
        resource: { type: 'thing', tenantId: on },
      }),
    );
  const purpose = fc.constantFrom('advertising', 'measurement', 'email-marketing');
  const destination = fc.constantFrom('xandr', 'file');
  const grant = fc.record({ purpose, destinations: fc.subarray(['xandr', 'file']) });
  const source = fc.constantFrom('purposes-column' as const, 'none' as const);
  const person = fc
    .record({ purpose, destination, source, grants: fc.array(grant, { maxLength: 3 }), suppressed: fc.boolean() })
    .map((facts) =>
      personRequest({
        consentClass: { id: 1, source: facts.source, grants: facts.grants },
        purpose: facts.purpose,
        destinationKind: facts.destination,
        instant: '2026-03-01T09:00:00Z',
        suppressed: facts.suppressed,
      }),
    );
  return fc.oneof(
    access,
    person,
    fc.integer({ min: -5, max: 200 }).map((persons) => figure(persons)),
  );
}
