// Amazon's destination against a server that speaks audience records, and its calls against fixtures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { RetryableError } from '../kit/errors.ts';
import { checkFields } from '../kit/settings.ts';
import { amazonAmc } from './destination.ts';
import { amazonAmcProtocol } from './payload.ts';
import { startAmazonAmcSandbox } from './sandbox.ts';
import { type AmazonAmcSettings, settingFields } from './settings.ts';

const AUDIENCE = { audience_id: '39', country_code: 'DE' };

describeListConformance({
  destination: amazonAmc,
  list: '39',
  start: startAmazonAmcSandbox,
  settings: ({ url, tokenUrl }) => ({
    ...{ api_url: url, token_url: tokenUrl, ...AUDIENCE },
    ...{ data_type: 'email', records_per_call: 30 },
  }),
  invalidSettings: [
    { change: { audience_id: undefined }, pointer: '/settings/audience_id' },
    { change: { country_code: 'Germany' }, pointer: '/settings/country_code' },
    { change: { data_type: 'customer' }, pointer: '/settings/data_type' },
    { change: { records_per_call: 10_001 }, pointer: '/settings/records_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string, decidedPurpose?: string) =>
  amazonAmcProtocol(checkFields(settingFields, { ...AUDIENCE, data_type }).values as unknown as AmazonAmcSettings, {
    clientId: 'amzn1.application',
    decidedPurpose,
  });
// user@example.com.
const USER = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514';

describe('a record of Amazon', () => {
  it.each([
    ['email-granted', false, ['advertising'], undefined],
    ['email-granted', false, undefined, 'advertising'],
    ['email-consent-unknown', false, undefined, 'measurement'],
    ['email-denied-is-a-removal', false, ['measurement'], 'advertising'],
    ['email-denied-is-a-removal', true, undefined, 'advertising'],
  ] as const)('is that of %s', (name, isRemoval, consent, decidedPurpose) => {
    const protocol = protocolOf('email', decidedPurpose);
    expect(protocol.change({ isRemoval, rows: [{ id: USER, consent }] }).body).toEqual(fixture(name));
  });

  it('of a person who denied is counted, and a removal is not', () => {
    const rows = [
      { id: USER, consent: [] },
      { id: digestAt(1), consent: ['advertising'] },
    ];
    const counted = (isRemoval: boolean) =>
      protocolOf('email').rejected({ status: 202, body: {} }, { isRemoval, rows });
    expect([counted(false), counted(true)]).toEqual([{ consent_denied: 1 }, {}]);
  });

  it('carries digests of letters, digits, dots, hyphens and @ alone, and phones as digits', () => {
    const email = (text: string) => platformDigest({ name: 'amazon@2026-06', kind: 'email' }, text, {});
    expect(email(' USER@example.com')).toEqual({ ok: true, digest: USER });
    expect(email('us+er@example.com')).toEqual({ ok: true, digest: USER });
    const phone = platformDigest({ name: 'amazon@2026-06', kind: 'phone' }, '+1 (650) 555-1212', {});
    expect(phone).toEqual({ ok: true, digest: 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176' });
  });
});

describe('an answer of Amazon', () => {
  it('without a job is tried again', () => {
    const { refusal } = protocolOf('email');
    expect(refusal({ status: 202, body: { jobRequestId: 'x' } })).toBeUndefined();
    expect(refusal({ status: 200, body: {} })).toBeInstanceOf(RetryableError);
  });
});
