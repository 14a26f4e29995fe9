// What signals under US laws let a person do: no opt-out that was told of, at a destination that was named. Anything else is no.
import { describe, expect, it } from 'vitest';
import { type ConsentClass, decidePersonOfSeveralSources } from './consent.ts';
import { loadPolicySet } from './decide.ts';
import { type UsFacts, usClass, usPrivacyClass } from './us-signals.ts';

const set = loadPolicySet();
const transfer = { purpose: 'advertising', destinationKind: 'xandr', instant: '2026-06-01T00:00:00.000Z' };
const NO_OPT_OUT: UsFacts = { notices: [1, 1, 1], optOuts: [2, 2, 2], children: [0, 0], gpc: false, personalData: 0 };

function outcome(sources: readonly ConsentClass[], purpose = 'advertising'): string {
  const decision = decidePersonOfSeveralSources(set, sources, { ...transfer, purpose });
  return decision.outcome === 'allow' ? 'allowed' : decision.reasons.join(' ');
}
const section = (facts: Partial<UsFacts>, declared = ['xandr']) =>
  outcome([usClass({ ...NO_OPT_OUT, ...facts }, transfer, declared)]);

describe('a US section', () => {
  it('of whoever was told and did not opt out lets them go where they were told of', () => {
    expect(section({})).toBe('allowed');
    expect(section({}, ['meta'])).toBe('consent_destination');
    expect(section({}, [])).toBe('consent_destination');
  });

  it.each([0, 1, 2])('with an opt-out at place %i lets nobody go', (place) => {
    const optOuts = [2, 2, 2].map((each, n) => (n === place ? 1 : each));
    expect(section({ optOuts })).toBe('consent_purpose opted_out');
  });

  it('under Global Privacy Control, or without consent to more than was told, lets nobody go', () => {
    expect(section({ gpc: true })).toBe('opted_out');
    expect(section({ personalData: 1 })).toBe('opted_out');
  });

  it('of a known child lets nobody go, with or without a consent', () => {
    expect(section({ children: [0, 1] })).toBe('known_child');
    expect(section({ children: [2, 0] })).toBe('known_child');
  });

  it('that does not apply, or of which nobody was told, agrees to nothing', () => {
    expect(section({ optOuts: [2, 0, 2] })).toBe('consent_purpose');
    expect(section({ optOuts: [] })).toBe('consent_purpose');
    expect(section({ notices: [0, 0, 0] })).toBe('consent_purpose');
    expect(section({ notices: [1, 2, 1] })).toBe('consent_purpose');
  });

  it('beside another counts as the stricter of the two', () => {
    const yes = usClass(NO_OPT_OUT, transfer, ['xandr']);
    const no = usClass({ ...NO_OPT_OUT, gpc: true }, transfer, ['xandr']);
    expect(outcome([yes, yes])).toBe('allowed');
    expect(outcome([yes, no])).toBe('opted_out');
  });

  it('sends nobody to a platform for emails', () => {
    const emails = { ...transfer, purpose: 'email-marketing' };
    expect(outcome([usClass(NO_OPT_OUT, emails, ['xandr'])], 'email-marketing')).toContain('consent_purpose');
  });
});

describe('a US Privacy string', () => {
  it.each([
    ['1YNN', 'allowed'],
    ['1YNY', 'allowed'],
    ['1yn-', 'allowed'],
    ['1YYN', 'consent_purpose opted_out'],
    ['1NNN', 'consent_purpose'],
    ['1---', 'consent_purpose'],
    ['1-N-', 'consent_purpose'],
    ['2YNN', 'consent_invalid consent_purpose'],
    ['1YNNN', 'consent_invalid consent_purpose'],
    ['', 'consent_invalid consent_purpose'],
  ])('%s: %s', (text, expected) => {
    expect(outcome([usPrivacyClass(text, transfer, ['xandr'])])).toBe(expected);
  });
});
