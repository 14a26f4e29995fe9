// Defects that open-source connectors of others have had, one by one: ours does not have them. The list was made by reading
// github.com/segmentio/action-destinations, rudderlabs/rudder-transformer and the platforms' own libraries.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { platformDigest, platformEmail } from '../identifiers/platform-digest.ts';
import { META_PARTS } from '../identifiers/platform-part.ts';
import { findPlatformProfile, PLATFORM_PROFILES } from '../identifiers/platform-profile.ts';
import type { ListCall } from './customer-list/list-client.ts';
import { ingestBody, membersOf } from './google-data-manager/payload.ts';
import type { DataManagerSettings } from './google-data-manager/settings.ts';
import { settingFields as googleFields } from './google-data-manager/settings.ts';
import type { ActivationChange } from './kit/activation-change.ts';
import { batchChanges } from './kit/batches.ts';
import { inBatches } from './kit/conformance-world.ts';
import { errorForStatus, PermanentError } from './kit/errors.ts';
import { formatMember } from './kit/member.ts';
import { checkFields } from './kit/settings.ts';
import { linkedinProtocol } from './linkedin/payload.ts';
import type { LinkedinSettings } from './linkedin/settings.ts';
import { liveramp } from './liveramp/destination.ts';
import { listDestinations } from './registry.ts';
import { snapProtocol } from './snap/payload.ts';
import type { SnapSettings } from './snap/settings.ts';
import { signatureHeaders, verifySignature } from './webhook/signature.ts';
import { parseSigningKey } from './webhook/signing-key.ts';

const digest = '509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a';

async function ingested(change: ActivationChange, data_type: string) {
  const given = { account_type: 'GOOGLE_ADS', account_id: '1', audience_id: '2', data_type };
  const settings = checkFields(googleFields, given).values as unknown as DataManagerSettings;
  const rules = { checkRow: () => undefined, rowBytes: () => 1, maxRows: 10, maxBytes: 1_000, idForm: 'text' as const };
  for await (const batch of batchChanges(inBatches([change]), rules)) {
    return ingestBody(settings, membersOf(batch, settings, undefined).added);
  }
  throw new Error('no batch');
}

describe('Google Data Manager', () => {
  it('1. gets an address under the name `address`, and no region of three letters', async () => {
    const member = { 'given-name': [digest], 'family-name': [digest], region: ['US'], 'postal-code': ['94045'] };
    const text = JSON.stringify(await ingested({ id: formatMember(member), change: 'add' }, 'member'));
    expect(text).toContain('"address":{');
    expect(text).not.toContain('addressInfo');
    const kind = listDestinations().find((one) => one.kind === 'google-data-manager')!;
    const given = { account_type: 'GOOGLE_ADS', account_id: '1', audience_id: '2', data_type: 'member' };
    const rules = kind.batchRules(checkFields(googleFields, given).values);
    expect(rules.checkRow(formatMember({ ...member, region: ['USA'] }))?.rowCode).toBe('region_invalid');
    expect(rules.checkRow(formatMember(member))).toBeUndefined();
  });

  it('2. is told of no consent that nobody gave', async () => {
    expect(JSON.stringify(await ingested({ id: digest, change: 'add' }, 'email'))).not.toContain('CONSENT_GRANTED');
    const granted: ActivationChange = { id: digest, change: 'add', consent: ['advertising', 'personalisation'] };
    expect(JSON.stringify(await ingested(granted, 'email'))).toContain('CONSENT_GRANTED');
  });
});

describe('an address', () => {
  const google = (raw: string) => platformEmail(PLATFORM_PROFILES['google@2026-06'], raw);
  it('3. of gmail.com loses every dot, and one of a domain that only begins like it loses none', () => {
    expect(google('j.e.f.f@gmail.com')).toBe('jeff@gmail.com');
    expect(google('j.e.f.f@gmailer.com')).toBe('j.e.f.f@gmailer.com');
    expect(google('j.e.f.f@gmail.company.example')).toBe('j.e.f.f@gmail.company.example');
  });

  it('3. goes with names that are normalised before they are digested, and with a country that somebody named', () => {
    const given = findPlatformProfile('google@2026-06/given-name')!;
    expect(platformDigest(given, ' Mr. Alex   ', {})).toEqual(platformDigest(given, 'alex', {}));
    const phone = findPlatformProfile('google@2026-06/phone')!;
    expect(platformDigest(phone, '6505551212', {})).not.toEqual(platformDigest(phone, '+16505551212', {}));
  });

  it('4. for TikTok keeps its dots and its tag, whatever the domain', () => {
    const tiktok = (raw: string) => platformEmail(PLATFORM_PROFILES['tiktok@2026-06'], raw);
    expect(tiktok('Jane.Saoirse+Work@example.com')).toBe('jane.saoirse+work@example.com');
    expect(tiktok('Jane.Saoirse+Work@gmail.com')).toBe('jane.saoirse+work@gmail.com');
  });
});

it('4. and 10. nothing is taken for a digest because it holds one or looks like one', () => {
  const unsealed = [`x${digest}`, `${digest}0`, ` ${digest}`, Buffer.from(digest, 'hex').toString('base64')];
  for (const { kind, acceptedIdTypes, acceptsProfile } of listDestinations()) {
    if (!acceptedIdTypes.includes('platform-digest') || acceptsProfile === undefined) continue;
    // What a column holds is declared with its profile, and another platform's profile is another thing.
    expect(acceptsProfile({ data_type: 'email', member_keys: [] }, 'nobody@2026-06'), kind).toBe(false);
  }
  const email = findPlatformProfile('meta@2026-06')!;
  for (const raw of unsealed) expect(platformDigest(email, raw, {}), raw).toMatchObject({ ok: false });
});

it('5. Meta gets the part of a postal code before its dash, and no gender that is neither of its two', () => {
  expect(META_PARTS['postal-code']?.spell('94035-1234')).toBe('94035');
  expect(META_PARTS.gender?.spell('non-binary')).toBeUndefined();
});

it('6. LiveRamp gets headers in capitals without blanks or underscores', () => {
  const header = liveramp.settingFields.audience_header as { default?: string; pattern?: string };
  const isTaken = (text: string) => new RegExp(header.pattern ?? '', 'u').test(text);
  expect(isTaken(header.default ?? 'AUDIENCE')).toBe(true);
  expect(['audience_key', 'AUDIENCE_KEY', 'Audience', 'AUDIENCE KEY'].map(isTaken)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it('7. an answer of Snap about its one element of users is not read as if there were one a row', () => {
  const protocol = snapProtocol({ api_url: 'https://s', segment_id: '1', data_type: 'email' } as SnapSettings);
  const rows = [digest, digest, digest].map((id) => ({ id, consent: undefined }));
  const call: ListCall = { isRemoval: false, rows };
  const sub = { sub_request_status: 'SUCCESS', user: { number_uploaded_users: 2 } };
  expect(protocol.rejected({ status: 200, body: { request_status: 'SUCCESS', users: [sub] } }, call)).toEqual({
    not_uploaded: 1,
  });
});

it('8. a bad request to LinkedIn, or to anybody, is not repeated for ever', () => {
  const settings = {
    api_url: 'https://l',
    segment_id: '1',
    data_type: 'email',
    api_version: '202606',
  } as LinkedinSettings;
  expect(linkedinProtocol(settings).refusal({ status: 400, body: {} })).toBeUndefined();
  for (const status of [400, 403, 404, 405, 409, 413, 422, 501]) {
    expect(errorForStatus(status, undefined), String(status)).toBeInstanceOf(PermanentError);
  }
});

it('9. a signature covers the whole body of a webhook and its time, not the first of its rows', () => {
  const key = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;
  const body = Buffer.from('{"data":{"added":["first","second"]}}');
  const timestamp = 1_900_000_000;
  const headers = signatureHeaders({ id: 'msg_1', timestamp, body }, [parseSigningKey(key)!]);
  const isTaken = (bytes: Buffer, changed = {}) =>
    verifySignature({ ...headers, ...changed }, bytes, { key, nowMs: timestamp * 1_000 });
  expect(isTaken(body)).toBe(true);
  expect(isTaken(Buffer.from(body.toString().replace('second', 'third')))).toBe(false);
  expect(isTaken(body, { 'webhook-timestamp': String(timestamp - 60) })).toBe(false);
  const ofFirst = createHmac('sha1', 'key').update('first').digest('hex');
  expect(isTaken(body, { 'webhook-signature': ofFirst })).toBe(false);
});
