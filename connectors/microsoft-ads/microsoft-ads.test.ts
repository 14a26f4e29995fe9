// Microsoft Advertising's destination against a server that speaks customer lists, and its calls against fixtures.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeListConformance, digestAt } from '../customer-list/conformance-list.ts';
import { SANDBOX_CREDENTIALS, SANDBOX_KEY } from '../customer-list/sandbox-ground.ts';
import { AuthenticationError, PermanentError, RetryableError, ThrottledError } from '../kit/errors.ts';
import { checkFields } from '../kit/settings.ts';
import { microsoftAds } from './destination.ts';
import { microsoftAdsProtocol } from './payload.ts';
import { startMicrosoftAdsSandbox } from './sandbox.ts';
import { type MicrosoftAdsSettings, settingFields } from './settings.ts';

const LIST = { customer_id: '1', customer_account_id: '2', audience_id: '802' };

describeListConformance({
  destination: microsoftAds,
  list: '802',
  start: startMicrosoftAdsSandbox,
  settings: ({ url, tokenUrl }) => ({
    ...{ api_url: url, token_url: tokenUrl, ...LIST },
    ...{ data_type: 'email', items_per_call: 30 },
  }),
  credentials: { ...SANDBOX_CREDENTIALS, developer_token: SANDBOX_KEY },
  rowCode: 'CustomerListItemInvalid',
  invalidSettings: [
    { change: { customer_id: undefined }, pointer: '/settings/customer_id' },
    { change: { customer_account_id: 'two' }, pointer: '/settings/customer_account_id' },
    { change: { audience_id: 802 }, pointer: '/settings/audience_id' },
    { change: { data_type: 'phone' }, pointer: '/settings/data_type' },
    { change: { items_per_call: 10_001 }, pointer: '/settings/items_per_call' },
  ],
});

const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const protocolOf = (data_type: string) =>
  microsoftAdsProtocol(
    checkFields(settingFields, { ...LIST, data_type }).values as unknown as MicrosoftAdsSettings,
    't',
  );
const rowsOf = (...ids: string[]) => ids.map((id) => ({ id, consent: undefined }));

describe('a call to Microsoft Advertising', () => {
  it.each([
    // user@example.com.
    ['add-email', 'email', 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514', false],
    ['remove-crm', 'customer', '4711', true],
  ] as const)('is that of %s', (name, data_type, id, isRemoval) => {
    expect(protocolOf(data_type).change({ isRemoval, rows: rowsOf(id) }).body).toEqual(fixture(name));
  });
});

describe('an answer of Microsoft Advertising', () => {
  const { refusal, rejected } = protocolOf('email');
  const fault = (Code: number) =>
    refusal({ status: 400, body: { Errors: [{ Code, ErrorCode: 'X', Message: 'a@b.c' }] } });
  const partly = (...PartialErrors: unknown[]) =>
    rejected({ status: 200, body: { PartialErrors } }, { isRemoval: false, rows: rowsOf(digestAt(0), digestAt(1)) });

  it('is judged by the code of its fault', () => {
    expect(fault(105)).toBeInstanceOf(AuthenticationError);
    expect(fault(109)).toBeInstanceOf(AuthenticationError);
    expect(fault(117)).toBeInstanceOf(ThrottledError);
    expect(fault(0)).toBeInstanceOf(RetryableError);
    expect(fault(106)).toBeInstanceOf(PermanentError);
    expect(fault(106)?.message).not.toContain('a@b.c');
  });

  it('counts an item once, however many errors it has, by name or by number', () => {
    const twice = { Index: 0, Code: 1, ErrorCode: 'Invalid' };
    const places = new Map([
      [0, 'Invalid'],
      [1, 'code_7'],
    ]);
    expect(partly(twice, twice, null, { Index: 1, Code: 7, ErrorCode: null })).toEqual(places);
    expect(partly()).toEqual(new Map());
  });

  it('with a partial error that is of no item refuses the call', () => {
    for (const Index of [-1, 2, null]) expect(() => partly({ Index, Code: 1 })).toThrow(PermanentError);
    expect(() => partly({ Index: 0, Code: 109 })).toThrow(AuthenticationError);
  });

  it('without the audience fails the test of authentication', () => {
    const looked = (Audiences: unknown) => protocolOf('email').looked!({ status: 200, body: { Audiences } });
    for (const none of [[null], [], undefined]) expect(looked(none)).toBeInstanceOf(PermanentError);
    expect(looked([{ Id: '802' }])).toBeUndefined();
  });
});

describe('the audiences of a Microsoft Advertising account', () => {
  const book = protocolOf('email').audiences!;
  const body = (given: Record<string, unknown>) => ({ status: 200, body: given });

  it('are asked for without ids, and only customer lists are shown', () => {
    expect(book.list().body).toEqual({ AudienceIds: null, Type: 'CustomerList' });
    const Audiences = [
      { Id: 5012345, Name: 'Site visitors', Type: 'RemarketingList' },
      { Id: '5012346', Name: 'Members', Type: 'CustomerList' },
    ];
    expect(book.listed(body({ Audiences }))).toEqual([{ id: '5012346', name: 'Members' }]);
    expect(book.listed(body({ Audiences: [] }))).toEqual([]);
    expect(() => book.listed(body({}))).toThrow(RetryableError);
  });

  it('get a new one by its name and type', () => {
    expect(book.create!('Hikers').body).toEqual({ Audiences: [{ Name: 'Hikers', Type: 'CustomerList' }] });
    expect(book.created!(body({ AudienceIds: ['802'], PartialErrors: [] }))).toBe('802');
  });

  it('get none while the terms are not accepted, or the platform refuses', () => {
    const refused = (error: Record<string, unknown>) => () =>
      book.created!(body({ AudienceIds: [null], PartialErrors: [{ Index: 0, ...error }] }));
    expect(refused({ Code: 1, ErrorCode: 'CustomerListTermsAndConditionsNotAccepted' })).toThrow('accepts the terms');
    expect(refused({ Code: 4_844, ErrorCode: 'DuplicateAudienceName', Message: 'a@b.c' })).toThrow(
      'refused (DuplicateAudienceName)',
    );
    expect(refused({ Code: 117 })).toThrow(ThrottledError);
    expect(() => book.created!(body({}))).toThrow(RetryableError);
  });
});
