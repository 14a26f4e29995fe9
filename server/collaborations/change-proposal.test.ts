// Change proposals as pure functions: unanimity, whatever the order of decisions.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChangeProposal, decide, describeChange, propose, settle } from './change-proposal.ts';
import { DEFAULT_TERMS } from './collaboration.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const MEMBERS = ['a', 'b', 'c'];
const change = { kind: 'add-member', tenantId: 'd', alias: 'd' } as const;
const by = (tenantId: string, outcome: 'accepted' | 'rejected' = 'accepted') => ({ tenantId, outcome, decidedAt: NOW });
const proposed = (members = MEMBERS): ChangeProposal =>
  propose({ id: 'chg', collaborationId: 'col', change, proposedBy: 'a', now: NOW }, members);

describe('a proposal', () => {
  it('is accepted by whoever proposes it, and at once when nobody else is there', () => {
    expect(proposed()).toMatchObject({ status: 'open', acceptances: [by('a')] });
    expect(proposed(['a']).status).toBe('accepted');
  });

  it('takes one decision of each member, and none once it is decided', () => {
    expect(() => decide(proposed(), by('a'), MEMBERS)).toThrow('conflict');
    const rejected = decide(proposed(), by('b', 'rejected'), MEMBERS);
    expect(rejected.status).toBe('rejected');
    expect(() => decide(rejected, by('c'), MEMBERS)).toThrow('conflict');
  });

  it('is decided by those who remain when others leave', () => {
    const half = decide(proposed(), by('b'), MEMBERS);
    expect(settle(half, MEMBERS).status).toBe('open');
    expect(settle(half, ['a', 'b']).status).toBe('accepted');
  });

  it('is accepted exactly when all have accepted, in whatever order', () => {
    const decisions = fc.shuffledSubarray(['b', 'c', 'd', 'e']);
    fc.assert(
      fc.property(decisions, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (order, accepting) => {
        const members = ['a', 'b', 'c', 'd', 'e'];
        let current = proposed(members);
        for (const [index, tenantId] of order.entries()) {
          if (current.status !== 'open') break;
          current = decide(current, by(tenantId, accepting[index] ? 'accepted' : 'rejected'), members);
        }
        const rejected = order.some((_, index) => !accepting[index]);
        const accepted = !rejected && order.length === 4;
        expect(current.status).toBe(rejected ? 'rejected' : accepted ? 'accepted' : 'open');
      }),
    );
  });
});

const LAX = { ...DEFAULT_TERMS.privacy, preset: 'custom', periodDays: 7 } as const;

describe('the summary that members decide on', () => {
  it.each([
    [change, 'Invite d into the collaboration.'],
    [{ kind: 'add-contribution', contributionId: 'con', alias: 'crm' } as const, 'Contribute crm.'],
    [
      { kind: 'set-terms', terms: { ...DEFAULT_TERMS, endsAt: '2026-12-31T00:00:00.000Z' } } as const,
      'Match by email, then phone; one-to-one; threshold 50 persons; ends at 2026-12-31T00:00:00.000Z. Privacy strict: ε = 3 and δ = 0.000001 in 30 days.',
    ],
    [
      { kind: 'set-terms', terms: DEFAULT_TERMS } as const,
      'Match by email, then phone; one-to-one; threshold 50 persons; no end date. Privacy strict: ε = 3 and δ = 0.000001 in 30 days.',
    ],
    [
      { kind: 'set-terms', terms: { ...DEFAULT_TERMS, privacy: LAX } } as const,
      'Match by email, then phone; one-to-one; threshold 50 persons; no end date. Privacy custom: ε = 3 and δ = 0.000001 in 7 days. The budget is whole again after 7 days rather than 30: over a year more is learnt of the same persons.',
    ],
  ])('of %j reads %s', (each, summary) => {
    expect(describeChange(each)).toBe(summary);
  });

  it('of a rule says what it would allow', () => {
    const rule = {
      allowedAnalyses: ['overlap'],
      filterAttributes: ['spend'],
      breakdownAttributes: [],
      activation: { allowed: true, destinations: ['xandr'], purposes: ['advertising'], approval: 'required' },
      privacyThreshold: 100,
    } as const;
    expect(describeChange({ kind: 'set-rule', contributionId: 'con', alias: 'crm', rule })).toBe(
      'Let crm be used for overlap, filtered by spend, broken down by nothing, activated to xandr for advertising (approval required), from 100 persons.',
    );
    const closed = { ...rule, allowedAnalyses: [], activation: { ...rule.activation, allowed: false } };
    expect(describeChange({ kind: 'set-rule', contributionId: 'con', alias: 'crm', rule: closed })).toBe(
      'Let crm be used for nothing, filtered by spend, broken down by nothing, never activated, from 100 persons.',
    );
  });
});
