// Requests against fixtures named by their case, Google's vectors, and what other connectors are known to get wrong.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { encodeDigest } from '../google/digest.ts';
import type { ActivationChange } from '../kit/activation-change.ts';
import { type Batch, batchChanges } from '../kit/batches.ts';
import { inBatches } from '../kit/conformance-world.ts';
import { formatMember } from '../kit/member.ts';
import { checkFields } from '../kit/settings.ts';
import { googleDataManager } from './destination.ts';
import { batchRules, ingestBody, membersOf, removeAllBody, removeBody } from './payload.ts';
import { type DataManagerSettings, settingFields } from './settings.ts';

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

function settingsWith(changed: Record<string, unknown>): DataManagerSettings {
  const given = { account_type: 'GOOGLE_ADS', account_id: '1234567890', audience_id: '777', ...changed };
  return checkFields(settingFields, given).values as unknown as DataManagerSettings;
}
async function batchOf(settings: DataManagerSettings, changes: ActivationChange[]): Promise<Batch> {
  for await (const batch of batchChanges(inBatches(changes), batchRules(settings))) return batch;
  throw new Error('no batch');
}
const digestOf = (kind: 'email' | 'phone', raw: string): string => {
  const made = platformDigest({ name: 'google@2026-06', kind }, raw, {});
  return made.ok ? made.digest : made.code;
};
const ALEX = digestOf('email', '  ALEXZ@example.com   ');
const PHONE = digestOf('phone', '+1 800-555-0100');
const GIVEN = '128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814';
const FAMILY = '77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574';
const ADDRESS = { 'given-name': [GIVEN], 'family-name': [FAMILY], region: ['US'], 'postal-code': ['1229-076'] };

describe('an ingestion', () => {
  const both = ['advertising', 'personalisation'];
  it.each([
    ['ingest-email-hex', { data_type: 'email' }, ALEX, both],
    ['ingest-email-base64', { data_type: 'email', encoding: 'BASE64' }, ALEX, both],
    ['ingest-phone-with-terms', { data_type: 'phone', customer_match_terms: 'ACCEPTED' }, PHONE, ['advertising']],
    [
      'ingest-member-with-address',
      { data_type: 'member' },
      formatMember({ email: [ALEX], phone: [PHONE], ...ADDRESS }),
    ],
    ['ingest-composite', { data_type: 'composite' }, formatMember({ email: [ALEX], 'ip-address': ['192.0.2.7'] })],
  ] as const)('is written as in %s', async (name, changed, id, consent?: readonly string[]) => {
    const settings = settingsWith(changed);
    const change = { id, change: 'add', ...(consent === undefined ? {} : { consent }) } as const;
    const { added } = membersOf(await batchOf(settings, [change]), settings, undefined);
    expect(ingestBody(settings, added)).toEqual(fixture(name));
  });

  it('of a PPID says what the release was decided for and leaves unsaid what nobody said', async () => {
    const settings = settingsWith({ data_type: 'ppid' });
    const batch = await batchOf(settings, [{ id: 'acK123', change: 'add' }]);
    expect(ingestBody(settings, membersOf(batch, settings, 'advertising').added)).toEqual(fixture('ingest-ppid'));
    expect(JSON.stringify(membersOf(batch, settings, 'analytics').added)).not.toContain('CONSENT');
  });

  it('grants nobody what they did not grant: each member has its own consent, and a denied one stays here', async () => {
    const settings = settingsWith({ data_type: 'user-id' });
    const batch = await batchOf(settings, [
      { id: 'a', change: 'add', consent: ['advertising', 'personalisation'] },
      { id: 'b', change: 'add', consent: ['advertising'] },
      { id: 'c', change: 'add', consent: ['analytics'] },
    ]);
    const { added, denied } = membersOf(batch, settings, 'advertising');
    expect(added.map(({ consent }) => consent)).toEqual([
      { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
      { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_DENIED' },
    ]);
    expect(denied).toBe(1);
    const meant = settingsWith({ data_type: 'user-id', ad_personalization_purpose: 'advertising' });
    expect(JSON.stringify(membersOf(batch, meant, undefined).added)).not.toContain('DENIED');
  });
});

describe('a removal', () => {
  it('carries no consent, and its encoding only with digests', async () => {
    const settings = settingsWith({ data_type: 'mobile-advertising-id' });
    const change = { id: 'AEBE52E7-03EE-455A-B3C4-E57283966239', change: 'remove', consent: ['advertising'] } as const;
    const { removed } = membersOf(await batchOf(settings, [change]), settings, 'advertising');
    expect(removeBody(settings, removed)).toEqual(fixture('remove-mobile-id'));
    expect(removeBody(settingsWith({ data_type: 'email' }), removed)).toMatchObject({ encoding: 'HEX' });
  });

  it('of all names the moment the delivery began', () => {
    expect(removeAllBody(settingsWith({ data_type: 'email' }), Date.UTC(2026, 5, 1, 12))).toEqual(
      fixture('remove-all'),
    );
  });
});

describe('a row', () => {
  const fault = (data_type: string, id: string) => batchRules(settingsWith({ data_type })).checkRow(id)?.rowCode;
  it.each([
    ['email', 'alexz@example.com', 'digest_malformed'],
    ['email', encodeDigest(ALEX, 'BASE64'), 'digest_malformed'],
    ['mobile-advertising-id', '00000000-0000-0000-0000-000000000000', 'id_invalid'],
    ['ppid', 'a b', 'id_invalid'],
    ['member', ALEX, 'member_malformed'],
    ['member', formatMember({ email: [ALEX], 'ip-address': ['192.0.2.7'] }), 'field_not_accepted'],
    ['member', formatMember({ email: [ALEX], customer: ['4711'] }), 'field_not_accepted'],
    ['member', formatMember({ email: ['alexz@example.com'] }), 'digest_malformed'],
    ['member', formatMember({ ...ADDRESS, region: ['USA'] }), 'region_invalid'],
    ['member', formatMember({ 'given-name': [GIVEN], 'family-name': [FAMILY] }), 'address_incomplete'],
    [
      'member',
      formatMember({ email: Array.from({ length: 11 }, (_, n) => ALEX.slice(2) + (10 + n)) }),
      'too_many_identifiers',
    ],
  ])('of %s as %s is left out: %s', (data_type, id, code) => expect(fault(data_type, id)).toBe(code));

  it('with a part of an address goes out without it', async () => {
    const settings = settingsWith({ data_type: 'member' });
    const id = formatMember({ email: [ALEX], region: ['US'], 'given-name': [GIVEN] });
    const { added } = membersOf(await batchOf(settings, [{ id, change: 'add' }]), settings, undefined);
    expect(added).toEqual([{ userData: { userIdentifiers: [{ emailAddress: ALEX }] } }]);
  });

  it('never needs more bytes than was counted for it', async () => {
    const settings = settingsWith({ data_type: 'member' });
    const ids = [formatMember({ email: [ALEX] }), formatMember({ email: [ALEX], phone: [PHONE], ...ADDRESS })];
    for (const id of ids) {
      const batch = await batchOf(settings, [{ id, change: 'add', consent: ['advertising'] }]);
      const [member] = membersOf(batch, settings, undefined).added;
      expect(JSON.stringify(member).length).toBeLessThanOrEqual(batchRules(settings).rowBytes(id));
    }
  });
});

describe('digests', () => {
  it("are Google's own, in both writings", () => {
    expect(ALEX).toBe('509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a');
    expect(encodeDigest(ALEX, 'BASE64')).toBe('UJ6TMBm7KFoTSpM0uLtnnf950M4CPVKa9L10TUe0/Yo=');
    expect(PHONE).toBe('fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30');
    expect(encodeDigest(PHONE, 'BASE64')).toBe('+09zpuxf23B31WTN0iw1VLQ85JFoVQw7EsVHt4xRezA=');
    expect(encodeDigest(GIVEN, 'BASE64')).toBe('EooHv+Lfh3xSB25g13dM9bqqBGxabEja8w/0Psyi+BQ=');
    expect(encodeDigest(FAMILY, 'BASE64')).toBe('d3YsKH5hzgZb7lwVRkASxvvgiDmLgFdifVV3JJQw1XQ=');
  });

  it('are taken from columns sealed for Google and for this kind of value alone', () => {
    const takes = (data_type: string, profile: string) =>
      googleDataManager.acceptsProfile?.(settingsWith({ data_type }), profile);
    expect([takes('email', 'google@2026-06'), takes('email', 'google@2025-12/email')]).toEqual([true, true]);
    expect([takes('phone', 'google@2026-06/phone'), takes('member', 'google@2026-06/phone')]).toEqual([true, true]);
    expect([takes('phone', 'google@2026-06'), takes('email', 'meta@2026-06'), takes('email', '')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
