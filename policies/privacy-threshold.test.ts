// The strictest rule is one rule, in whatever order and however often the rules are said, and laxer than none of them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnalysisRule, DEFAULTS, NO_USE, ownDatasetRule, strictestRule } from './privacy-threshold.ts';

const names = fc.subarray(['a', 'b', 'c', 'd']);
const rules: fc.Arbitrary<AnalysisRule> = fc.record(
  {
    allowedAnalyses: names,
    filterAttributes: names,
    breakdownAttributes: names,
    activation: fc.record({
      allowed: fc.boolean(),
      destinations: names,
      purposes: names,
      approval: fc.constantFrom('required' as const, 'not-required' as const),
    }),
    privacyThreshold: fc.integer({ min: 0, max: 5000 }),
    cardinality: fc.constantFrom('one-to-one' as const, 'many' as const),
    regions: names,
  },
  {
    requiredKeys: ['allowedAnalyses', 'filterAttributes', 'breakdownAttributes', 'activation', 'privacyThreshold'],
  },
) as fc.Arbitrary<AnalysisRule>;

describe('the strictest rule', () => {
  it('does not depend on the order of the rules', () => {
    fc.assert(
      fc.property(rules, rules, (one, other) => {
        expect(strictestRule([one, other])).toEqual(strictestRule([other, one]));
      }),
    );
  });

  it('does not depend on how the rules are grouped', () => {
    fc.assert(
      fc.property(rules, rules, rules, (first, second, third) => {
        const left = strictestRule([strictestRule([first, second]), third]);
        const right = strictestRule([first, strictestRule([second, third])]);
        expect(left).toEqual(right);
        expect(left).toEqual(strictestRule([first, second, third]));
      }),
    );
  });

  it('does not change when a rule is said twice', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(strictestRule([rule, rule])).toEqual(strictestRule([rule]));
        expect(strictestRule([strictestRule([rule])])).toEqual(strictestRule([rule]));
      }),
    );
  });

  it('is laxer than none of the rules, nor than the service', () => {
    fc.assert(
      fc.property(fc.array(rules, { minLength: 1, maxLength: 5 }), (several) => {
        const strictest = strictestRule(several);
        expect(strictest.privacyThreshold).toBeGreaterThanOrEqual(DEFAULTS.privacyThreshold);
        for (const rule of several) expectNoLaxer(strictest, rule);
      }),
    );
  });

  it('of no rule allows nothing', () => {
    expect(strictestRule([])).toEqual(NO_USE);
    expect(NO_USE).toMatchObject({ allowedAnalyses: [], activation: { allowed: false, approval: 'required' } });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 50.5])('refuses a threshold of %s', (privacyThreshold) => {
    expect(() => strictestRule([{ ...NO_USE, privacyThreshold }])).toThrow('whole number');
  });
});

describe('the rule of an own dataset', () => {
  it('allows what is asked for, and asks for approval', () => {
    const rule = ownDatasetRule({ filterAttributes: ['complaint'], destination: 'file', purpose: 'advertising' });
    const activation = { allowed: true, destinations: ['file'], purposes: ['advertising'], approval: 'required' };
    expect(rule).toMatchObject({ filterAttributes: ['complaint'], activation, privacyThreshold: 50 });
  });
});

function expectNoLaxer(strictest: AnalysisRule, rule: AnalysisRule): void {
  expect(rule.allowedAnalyses).toEqual(expect.arrayContaining([...strictest.allowedAnalyses]));
  expect(rule.filterAttributes).toEqual(expect.arrayContaining([...strictest.filterAttributes]));
  expect(rule.breakdownAttributes).toEqual(expect.arrayContaining([...strictest.breakdownAttributes]));
  expect(rule.activation.destinations).toEqual(expect.arrayContaining([...strictest.activation.destinations]));
  expect(rule.activation.purposes).toEqual(expect.arrayContaining([...strictest.activation.purposes]));
  expect(strictest.privacyThreshold).toBeGreaterThanOrEqual(rule.privacyThreshold);
  if (!rule.activation.allowed) expect(strictest.activation.allowed).toBe(false);
  if (rule.activation.approval === 'required') expect(strictest.activation.approval).toBe('required');
  if (rule.cardinality !== 'many') expect(strictest.cardinality).toBe('one-to-one');
  if (rule.regions !== undefined)
    expect(rule.regions).toEqual(expect.arrayContaining([...(strictest.regions ?? ['x'])]));
}
