// LinkedIn's destination against a server that speaks DMP segments, and its calls against fixtures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { platformDigest } from '../../identifiers/platform-digest.ts';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { PermanentError, RetryableError } from '../kit/errors.ts';
import { checkFields } from '../kit/settings.ts';
import { linkedin } from './destination.ts';
import { linkedinProtocol } from './payload.ts';
import { startLinkedinSandbox } from './sandbox.ts';
import { type LinkedinSettings, settingFields } from './settings.ts';

const SEGMENT = { segment_id: '12345', api_version: '202606' };

describeListConformance({
  destination: linkedin,
  list: '12345',
  start: startLinkedinSandbox,
  settings: ({ url, tokenUrl }) => ({
    ...{ api_url: url, token_url: tokenUrl, ...SEGMENT },
    ...{ data_type: 'email', users_per_call: 30 },
  }),
  rowCode: 'status_400',
  invalidSettings: [
    { change: { segment_id: 'urn:li:dmpSegment:1' }, pointer: '/settings/segment_id' },
    { change: { api_version: '202613' }, pointer: '/settings/api_version' },
    { change: { api_version: undefined }, pointer: '/settings/api_version' },
    { change: { data_type: 'phone' }, pointer: '/settings/data_type' },
    { change: { users_per_call: 5_001 }, pointer: '/settings/users_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string) =>
  linkedinProtocol(checkFields(settingFields, { ...SEGMENT, data_type }).values as unknown as LinkedinSettings);
const rowsOf = (...ids: string[]) => ids.map((id) => ({ id, consent: undefined }));

describe('a call to LinkedIn', () => {
  // user@example.com.
  const USER = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514';

  it.each([
    ['add-email', 'email', USER, false],
    ['remove-email', 'email', USER, true],
    ['add-google-advertising-id', 'google-advertising-id', '38400000-8cf0-11bd-b23e-10b96e40000d', false],
  ] as const)('is that of %s, by headers that name versions and method', (name, data_type, id, isRemoval) => {
    const { body, headers } = protocolOf(data_type).change({ isRemoval, rows: rowsOf(id) });
    expect(body).toEqual(fixture(name));
    expect(headers).toEqual({
      'linkedin-version': '202606',
      'x-restli-protocol-version': '2.0.0',
      'x-restli-method': 'BATCH_CREATE',
    });
  });

  it('carries e-mails in lower case without blanks', () => {
    const profile = { name: 'linkedin@2026-06', kind: 'email' } as const;
    expect(platformDigest(profile, ' USER@example.com ', {})).toEqual({ ok: true, digest: USER });
  });
});

describe('an answer of LinkedIn', () => {
  const { rejected } = protocolOf('email');
  const call = { isRemoval: false, rows: rowsOf(digestAt(0), digestAt(1), digestAt(2)) };
  const said = (...statuses: unknown[]) => ({
    status: 200,
    body: { elements: statuses.map((status) => ({ status })) },
  });

  it('counts the elements it refuses by their status', () => {
    const places = new Map([
      [1, 'status_400'],
      [2, 'status_400'],
    ]);
    expect(rejected(said(201, 400, 400), call)).toEqual(places);
    const others = new Map([
      [1, 'status_422'],
      [2, 'status_unknown'],
    ]);
    expect(rejected(said(201, 422, 'x'), call)).toEqual(others);
  });

  it('with an element that may pass repeats the call, and a refused element never does', () => {
    for (const status of [429, 500, 503]) expect(() => rejected(said(201, 400, status), call)).toThrow(RetryableError);
    expect(() => rejected(said(201, 201), call)).toThrow(PermanentError);
  });
});
