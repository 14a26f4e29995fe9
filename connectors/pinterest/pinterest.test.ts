// Pinterest's destination against a server that speaks customer lists, and its calls against fixtures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { checkFields } from '../kit/settings.ts';
import { pinterest } from './destination.ts';
import { pinterestProtocol } from './payload.ts';
import { startPinterestSandbox } from './sandbox.ts';
import { type PinterestSettings, settingFields } from './settings.ts';

const LIST = { ad_account_id: '549755885175', customer_list_id: '643' };

describeListConformance({
  destination: pinterest,
  list: '643',
  start: startPinterestSandbox,
  settings: ({ url, tokenUrl }) => ({
    ...{ api_url: url, token_url: tokenUrl, ...LIST },
    ...{ data_type: 'email', records_per_call: 30 },
  }),
  invalidSettings: [
    { change: { ad_account_id: undefined }, pointer: '/settings/ad_account_id' },
    { change: { customer_list_id: 'a list' }, pointer: '/settings/customer_list_id' },
    { change: { data_type: 'phone' }, pointer: '/settings/data_type' },
    { change: { records_per_call: 0 }, pointer: '/settings/records_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string) =>
  pinterestProtocol(checkFields(settingFields, { ...LIST, data_type }).values as unknown as PinterestSettings);
const rowsOf = (...ids: string[]) => ids.map((id) => ({ id, consent: undefined }));

describe('a call to Pinterest', () => {
  // user@example.com and myemail@example.com.
  const TWO = [
    'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
    '16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5',
  ];
  it.each([
    ['add-two-emails', 'email', TWO, false],
    ['remove-two-emails', 'email', TWO, true],
    ['add-mobile-id', 'mobile-advertising-id', ['AEBE52E7-03EE-455A-B3C4-E57283966239'], false],
  ] as const)('is that of %s', (name, data_type, ids, isRemoval) => {
    const request = protocolOf(data_type).change({ isRemoval, rows: rowsOf(...ids) });
    expect(request).toMatchObject({ method: 'PATCH', body: fixture(name) });
    expect(request.url).toMatch(/\/ad_accounts\/549755885175\/customer_lists\/643$/);
  });
});

describe('an answer of Pinterest', () => {
  const rejected = (exceptions: unknown) =>
    protocolOf('email').rejected(
      { status: 200, body: { exceptions } },
      { isRemoval: false, rows: rowsOf(digestAt(0)) },
    );

  it.each([[{ code: 1 }], [[{}]], ['some']])('tells of exceptions, whatever their form: %j', (exceptions) => {
    expect(rejected(exceptions)).toEqual({ exceptions: 1 });
  });

  it.each([[{}], [[]], [''], [null], [undefined]])('is without exceptions in any empty form: %j', (exceptions) => {
    expect(rejected(exceptions)).toEqual({});
  });
});
