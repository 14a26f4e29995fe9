// A partner's attribute at every destination there is: it goes row by row only to where nobody reads rows, or where its rule lets it.
import { describe, expect, it } from 'vitest';
import { listDestinations } from '../../connectors/registry.ts';
import { type AudienceFacts, audienceRequest } from '../../policies/audience-release.ts';
import { loadPolicySet } from '../../policies/decide.ts';
import { destinationFacts } from './destination-facts.ts';

const set = loadPolicySet();
const own = { tenantId: 'ten_own', name: 'last_raincoat' };
const theirs = { tenantId: 'ten_partner', name: 'activity' };

/** What every member accepted and approved, for a segment over these attributes; settings as far as they change what is served. */
function decide(kind: string, used: AudienceFacts['filterAttributes'], opened?: { by: string; names: string[] }) {
  const facts = destinationFacts({ kind, settings: { channel: 'sms' } });
  const purpose = facts.destinationPurposes?.[0] ?? 'advertising';
  const ruleOf = (tenantId: string, filterAttributes: string[]) => ({
    tenantId,
    rule: {
      ...{ allowedAnalyses: [], filterAttributes, breakdownAttributes: [], privacyThreshold: 50 },
      activation: {
        ...{ allowed: true, destinations: [kind], purposes: [purpose], approval: 'not-required' as const },
        ...(opened?.by === tenantId ? { recordAttributes: opened.names } : {}),
      },
      regions: ['eu'],
    },
  });
  const request = audienceRequest({
    ...{ audienceId: 'aud_1', requestedBy: { memberId: 'mem_1', tenantId: 'ten_own' }, persons: 5_000 },
    ...{ destinationKind: kind, destinationRegion: 'eu', purpose, approvals: [], ...facts },
    rules: [ruleOf('ten_own', ['last_raincoat']), ruleOf('ten_partner', ['activity'])],
    ...(used === undefined ? {} : { filterAttributes: used }),
    ...{ collaborationStatus: 'active' as const, instant: '2026-06-01T00:00:00.000Z' },
  });
  const { outcome, reasons } = set.decide(request);
  return { outcome, reasons };
}

/** Platforms that show numbers of an audience and never who is in it. */
const CLOSED = [
  'amazon-amc',
  'google-ads-legacy',
  'google-data-manager',
  'linkedin',
  'meta',
  'microsoft-ads',
  'pinterest',
  'snap',
  'the-trade-desk',
  'the-trade-desk-crm',
  'tiktok',
  'xandr',
];
const kinds = listDestinations().map(({ kind }) => kind);
const allowed = { outcome: 'allow', reasons: [] };
const refused = { outcome: 'deny', reasons: ['attribute_not_returnable'] };

it('rows are taken for readable at every destination but those that are known to hide them', () => {
  const closed = listDestinations().filter(({ hidesRows }) => hidesRows);
  expect(closed.map(({ kind }) => kind).sort()).toEqual(CLOSED);
});

describe.each(kinds)('%s', (kind) => {
  const isClosed = CLOSED.includes(kind);

  it(`${isClosed ? 'takes' : 'refuses'} a segment over an attribute of the partner`, () => {
    expect(decide(kind, [theirs])).toEqual(isClosed ? allowed : refused);
    expect(decide(kind, [own, theirs])).toEqual(isClosed ? allowed : refused);
  });

  it('takes it where the rule of the partner opens it, and not where the rule of the asker does', () => {
    expect(decide(kind, [theirs], { by: 'ten_partner', names: ['activity'] })).toEqual(allowed);
    expect(decide(kind, [theirs], { by: 'ten_own', names: ['activity'] })).toEqual(isClosed ? allowed : refused);
    expect(decide(kind, [theirs], { by: 'ten_partner', names: ['region'] })).toEqual(isClosed ? allowed : refused);
  });

  it('takes a segment over own attributes', () => expect(decide(kind, [own])).toEqual(allowed));
});
