// The lock's own guarantees: an unreleased value shows nowhere, and nothing but a recorded "allow" of a gate opens it.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { accessRequest } from './access.ts';
import { type Decision, loadPolicySet } from './decide.ts';
import { PolicyError } from './policy-error.ts';
import { decideOn, isReleased, Released, recordedDecision, release, releaseWith, unreleased } from './release.ts';
import { sampleAllow, sampleDeny, sampleRecordedAllow } from './testing/sample-decisions.ts';

const CANARY = 'canary-4711';

describe('an unreleased value', () => {
  const kept = unreleased({ count: CANARY });

  it.each<[string, () => unknown]>([
    ['JSON', () => JSON.stringify({ kept })],
    ['inspect', () => inspect(kept, { showHidden: true, depth: null, getters: true })],
    ['a template string', () => `${kept}`],
    ['a structured clone', () => inspect(structuredClone(kept), { showHidden: true })],
    ['a spread', () => inspect({ ...kept }, { showHidden: true })],
    ['its own keys', () => String(Reflect.ownKeys(kept))],
    ['its entries', () => JSON.stringify(Object.entries(kept))],
  ])('does not show in %s', (_name, show) => {
    expect(String(show())).not.toContain(CANARY);
  });

  it('is decided on without being shown', () => {
    const decision = decideOn(kept, () => sampleDeny());
    expect(JSON.stringify(decision)).not.toContain(CANARY);
  });
});

describe('release', () => {
  it('gives the value with its decision once an allowing decision is recorded', () => {
    const recorded = sampleRecordedAllow();
    const released = release(unreleased(CANARY), recorded);
    expect(released.value).toBe(CANARY);
    expect(released.decision).toBe(recorded);
    expect(isReleased(released)).toBe(true);
  });

  it('is not logged by accident', () => {
    const released = release(unreleased(CANARY), sampleRecordedAllow());
    expect(`${inspect(released)} ${JSON.stringify(released)} ${released}`).not.toContain(CANARY);
  });

  it('refuses under a decision that denies', () => {
    const recorded = recordedDecision(sampleDeny(), 'evt_1');
    expect(() => release(unreleased(1), recorded)).toThrow(codeOf('release_refused'));
    expect(() => releaseWith(unreleased(1), () => ({ decision: recorded, shown: 1 }))).toThrow(
      codeOf('release_refused'),
    );
  });

  it('refuses a decision written by hand, and a copy of a genuine one', () => {
    const byHand = { ...sampleAllow() } as Decision;
    expect(() => recordedDecision(byHand, 'evt_1')).toThrow(codeOf('decision_not_genuine'));
    expect(() => decideOn(unreleased(1), () => byHand)).toThrow(codeOf('decision_not_genuine'));
  });

  it('refuses a decision that was not recorded', () => {
    const unrecorded = { decision: sampleAllow(), eventId: 'evt_1' } as never;
    expect(() => release(unreleased(1), unrecorded)).toThrow(codeOf('decision_not_recorded'));
    expect(() => recordedDecision(sampleAllow(), '')).toThrow(codeOf('decision_not_recorded'));
  });

  it('refuses a permission in place of a release', () => {
    const member = { id: 'm', tenantId: 't', roles: ['analyst'] } as const;
    const access = accessRequest({
      member,
      permission: 'audience:read',
      resource: { type: 'audience', tenantId: 't' },
    });
    const decision = loadPolicySet().decide(access);
    expect(decision.outcome).toBe('allow');
    expect(() => release(unreleased(1), recordedDecision(decision, 'evt_1'))).toThrow(
      codeOf('decision_of_another_gate'),
    );
  });

  it('shows only what the callback shows', () => {
    const released = releaseWith(unreleased(1234), (count) => ({
      decision: sampleRecordedAllow(),
      shown: Math.round(count / 10) * 10,
    }));
    expect(released.value).toBe(1230);
  });
});

describe('a released value', () => {
  it('cannot be made, copied or imitated', () => {
    const released = release(unreleased(1), sampleRecordedAllow());
    expect(() => new Released(Symbol('guess'), 1, sampleRecordedAllow())).toThrow(codeOf('decision_not_recorded'));
    for (const imitation of [
      { value: 1, decision: released.decision },
      Object.create(Released.prototype),
      { ...released },
      structuredClone({ value: 1 }),
      null,
    ]) {
      expect(isReleased(imitation)).toBe(false);
    }
  });
});

function codeOf(code: string) {
  return expect.toSatisfy((error: unknown) => error instanceof PolicyError && error.code === code);
}
