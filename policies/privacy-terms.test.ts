// Strict unless agreed otherwise, and never laxer in silence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIVACY_BOUNDS } from './limits.ts';
import { givenUp, type PrivacyParameter, privacyTermsOf, STRICT } from './privacy-terms.ts';

const PARAMETERS = Object.keys(PRIVACY_BOUNDS) as PrivacyParameter[];

describe('terms', () => {
  it('are strict where nothing is said', () => {
    expect(privacyTermsOf(undefined)).toEqual({ terms: STRICT, issues: [] });
    expect(privacyTermsOf({ preset: 'custom', sigma: 80 }).terms).toEqual({ ...STRICT, preset: 'custom', sigma: 80 });
    expect(givenUp(STRICT)).toEqual([]);
  });

  it('cannot be called strict with parameters of their own', () => {
    expect(privacyTermsOf({ epsilon: 4 }).issues).toEqual([
      { parameter: 'preset', message: 'parameters of your own need preset custom' },
    ]);
  });

  it.each(PARAMETERS)('keep %s within its bounds', (parameter) => {
    const { min, max } = PRIVACY_BOUNDS[parameter];
    const issuesOf = (value: number) => privacyTermsOf({ preset: 'custom', [parameter]: value }).issues;
    expect(issuesOf(min)).toEqual([]);
    expect(issuesOf(max)).toEqual([]);
    for (const value of [min / 2, max * 2, Number.NaN]) {
      expect(issuesOf(value).map((issue) => issue.parameter)).toEqual([parameter]);
    }
  });

  it('say in a sentence whatever is laxer than strict, and nothing of what is stricter', () => {
    const anyTerms = fc.record({
      epsilon: fc.constantFrom(1, 3, 8),
      sigma: fc.constantFrom(20, 50, 90),
      periodDays: fc.constantFrom(7, 30, 90),
      maxGroups: fc.constantFrom(1, 4, 9),
    });
    fc.assert(
      fc.property(anyTerms, (wish) => {
        const { terms } = privacyTermsOf({ preset: 'custom', ...wish });
        const laxer = [wish.epsilon > 3, wish.sigma < 50, wish.periodDays < 30, wish.maxGroups > 4].filter(Boolean);
        expect(givenUp(terms)).toHaveLength(laxer.length);
      }),
    );
  });
});
