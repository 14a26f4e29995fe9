// What a TC string lets a person do, case by case; each case differs in one thing from a string that says yes.
import { describe, expect, it } from 'vitest';
import { decidePersonOfSeveralSources } from './consent.ts';
import { loadPolicySet } from './decide.ts';
import { type TcfFacts, tcfClass } from './tcf.ts';

const set = loadPolicySet();
const XANDR = 32;
const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

/** Vendors as bits, six to a character. */
function bitsOf(vendors: readonly number[]): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const length = Math.ceil(Math.max(0, ...vendors) / 6);
  return Array.from({ length }, (_, at) => {
    const six = vendors.reduce((bits, vendor) => {
      const place = vendor - 1 - at * 6;
      return place >= 0 && place < 6 ? bits | (1 << (5 - place)) : bits;
    }, 0);
    return alphabet[six];
  }).join('');
}

const YES: TcfFacts = {
  createdMs: day('2026-03-05'),
  updatedMs: day('2026-03-05'),
  policyVersion: 5,
  isServiceSpecific: true,
  isPurposeOneExempt: false,
  consents: [1, 2, 3, 4],
  interests: [],
  vendorConsents: bitsOf([XANDR, 755]),
  vendorInterests: '',
  disclosedVendors: bitsOf([XANDR, 755]),
  restrictions: [],
};

function decided(facts: Partial<TcfFacts>, of: { purpose?: string; at?: string; vendors?: number[] } = {}) {
  const { purpose = 'advertising', at = '2026-06-01T00:00:00.000Z', vendors = [XANDR] } = of;
  const transfer = { purpose, destinationKind: 'xandr', instant: at };
  const decision = decidePersonOfSeveralSources(set, [tcfClass({ ...YES, ...facts }, transfer, vendors)], transfer);
  return decision.outcome === 'allow' ? 'allowed' : decision.reasons.join(' ');
}

const restriction = (purpose: number, kind: number, vendor = XANDR) => ({
  restrictions: [{ purpose, kind, vendors: [[vendor, vendor]] as const }],
});

describe('a TC string', () => {
  it('with every purpose and the vendor lets the person go', () => expect(decided({})).toBe('allowed'));

  it.each([1, 2, 3, 4])('without purpose %i does not agree to advertising', (missing) => {
    expect(decided({ consents: [1, 2, 3, 4].filter((one) => one !== missing) })).toBe('consent_purpose');
  });

  it.each([1, 3, 4])('with a mere legitimate interest in purpose %i does not agree', (purpose) => {
    const consents = [1, 2, 3, 4].filter((one) => one !== purpose);
    expect(decided({ consents, interests: [purpose], vendorInterests: YES.vendorConsents })).toBe('consent_purpose');
  });

  it('may rest on legitimate interest for purpose 2, where the vendor has it too', () => {
    const consents = [1, 3, 4];
    expect(decided({ consents, interests: [2], vendorInterests: YES.vendorConsents })).toBe('allowed');
    expect(decided({ consents, interests: [2] })).toBe('consent_destination');
  });

  it('asks for no purpose 1 where the publisher’s country does not', () => {
    expect(decided({ consents: [2, 3, 4], isPurposeOneExempt: true })).toBe('allowed');
  });

  it('that consents to another vendor names this one nowhere', () => {
    expect(decided({ vendorConsents: bitsOf([755]) })).toBe('consent_destination');
  });

  it('never names a destination outside the Global Vendor List', () => {
    expect(decided({}, { vendors: [] })).toBe('consent_destination');
  });

  it('that did not disclose the vendor does not name it', () => {
    expect(decided({ disclosedVendors: bitsOf([755]) })).toBe('consent_destination');
  });

  it('of after 28 February 2026 must say whom it disclosed, an earlier one need not', () => {
    expect(decided({ disclosedVendors: null })).toBe('consent_invalid');
    const of = (text: string) => ({ createdMs: day(text), updatedMs: day(text), disclosedVendors: null });
    expect(decided(of('2026-02-28'))).toBe('allowed');
    expect(decided(of('2026-03-01'))).toBe('consent_invalid');
    expect(decided({ ...of('2026-02-28'), updatedMs: day('2026-03-02') })).toBe('consent_invalid');
    expect(decided({ ...of('2026-02-01'), disclosedVendors: bitsOf([755]) })).toBe('consent_destination');
  });

  it('under a publisher restriction counts only as far as that lets it', () => {
    expect(decided(restriction(3, 0))).toBe('consent_destination');
    expect(decided(restriction(3, 1))).toBe('allowed');
    expect(decided(restriction(3, 2))).toBe('consent_destination');
    expect(decided(restriction(3, 0, 755))).toBe('allowed');
    // A kind that no version of the specification knows yet.
    expect(decided(restriction(3, 3))).toBe('consent_destination');
    const byInterest = { consents: [1, 3, 4], interests: [2], vendorInterests: YES.vendorConsents };
    expect(decided({ ...byInterest, ...restriction(2, 1) })).toBe('consent_destination');
    expect(decided({ ...byInterest, ...restriction(2, 2) })).toBe('allowed');
  });

  it('runs out thirteen months after it was last changed', () => {
    expect(decided({}, { at: '2027-04-04T23:59:59.000Z' })).toBe('allowed');
    expect(decided({}, { at: '2027-04-05T00:00:00.000Z' })).toBe('consent_expired');
    const endOfMonth = { createdMs: day('2026-01-31'), updatedMs: day('2026-01-31') };
    expect(decided(endOfMonth, { at: '2027-02-27T23:59:59.000Z' })).toBe('allowed');
    expect(decided(endOfMonth, { at: '2027-02-28T00:00:00.000Z' })).toBe('consent_expired');
  });

  it('of another policy version, of global scope, or of the future cannot be read', () => {
    for (const policyVersion of [2, 3, 6]) expect(decided({ policyVersion })).toBe('consent_invalid');
    expect(decided({ policyVersion: 4 })).toBe('allowed');
    expect(decided({ isServiceSpecific: false })).toBe('consent_invalid');
    expect(decided({}, { at: '2026-03-01T00:00:00.000Z' })).toBe('consent_invalid');
  });

  it('agrees to each purpose by itself, and to emails never', () => {
    const consents = [1, 7];
    expect(decided({ consents }, { purpose: 'measurement' })).toBe('allowed');
    expect(decided({ consents }, { purpose: 'advertising' })).toBe('consent_purpose');
    const all = Array.from({ length: 11 }, (_, n) => n + 1);
    for (const purpose of ['personalisation', 'analytics'])
      expect(decided({ consents: all }, { purpose })).toBe('allowed');
    expect(decided({ consents: all }, { purpose: 'email-marketing' })).toBe('consent_purpose');
  });
});
