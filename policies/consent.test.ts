// Consent of persons with several sources, and suppression as a rule. The single cases stand in scenarios/consent.yaml.
import { describe, expect, it } from 'vitest';
import { type ConsentClass, decideConsentClasses, decidePersonOfSeveralSides, type Transfer } from './consent.ts';
import { loadPolicySet, makePolicySet } from './decide.ts';
import { readPolicySource } from './policy-source.ts';
import { decideSuppression } from './suppression.ts';

const set = loadPolicySet();
const transfer: Transfer = { purpose: 'advertising', destinationKind: 'xandr', instant: '2026-03-01T09:00:00Z' };
const agreed: ConsentClass = {
  id: 1,
  source: 'purposes-column',
  grants: [{ purpose: 'advertising', destinations: ['xandr'] }],
};
const elsewhere: ConsentClass = { ...agreed, id: 2, grants: [{ purpose: 'advertising', destinations: ['file'] }] };
const unknown: ConsentClass = { id: 3, source: 'none', grants: [] };

describe('consent classes', () => {
  it('are decided once each', () => {
    const decisions = decideConsentClasses(set, [agreed, elsewhere, unknown], transfer);
    expect([...decisions].map(([id, { outcome, reasons }]) => [id, outcome, ...reasons])).toEqual([
      [1, 'allow'],
      [2, 'deny', 'consent_destination'],
      [3, 'deny', 'consent_missing'],
    ]);
  });

  it('with two sources need both', () => {
    const decisions = decideConsentClasses(set, [agreed, { ...elsewhere, id: 1 }], transfer);
    expect(decisions.get(1)).toMatchObject({ outcome: 'deny', reasons: ['consent_destination'] });
  });
});

describe('a person on several sides', () => {
  it('goes when every side has consent', () => {
    expect(decidePersonOfSeveralSides(set, [agreed, { ...agreed, id: 9 }], transfer).outcome).toBe('allow');
  });

  it('stays when one side has not, for the reasons of that side', () => {
    for (const sides of [
      [agreed, unknown],
      [unknown, agreed],
    ]) {
      const decision = decidePersonOfSeveralSides(set, sides, transfer);
      expect(decision).toMatchObject({ outcome: 'deny', reasons: ['consent_missing'], policies: ['consent-known'] });
    }
  });

  it('stays when there is no side at all', () => {
    expect(decidePersonOfSeveralSides(set, [], transfer).outcome).toBe('deny');
  });
});

describe('suppression', () => {
  it('outweighs the best consent', () => {
    const { suppressed, erased } = decideSuppression(set, transfer);
    expect(suppressed).toMatchObject({ reasons: ['suppressed'], policies: ['suppressed-stay'] });
    expect(erased).toMatchObject({ reasons: ['erased'], policies: ['erased-stay'] });
  });

  it('is not delivered under a policy set that forgets it', () => {
    const source = readPolicySource(new URL('./', import.meta.url));
    const lax = makePolicySet({ ...source, policies: source.policies.filter(({ id }) => id !== 'suppressed-stay') });
    expect(() => decideSuppression(lax, transfer)).toThrow('would deliver suppressed');
  });
});
