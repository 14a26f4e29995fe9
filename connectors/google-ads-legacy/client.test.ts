// The legacy Google Ads destination beyond the conformance suite: jobs by consent, partial failures, whole audiences.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { type Batch, batchChanges } from '../kit/batches.ts';
import { deliverOptions, type Exchange, FakeClock, inBatches, ProgressStore } from '../kit/conformance-world.ts';
import { type DeliverOptions, deliver } from '../kit/deliver.ts';
import { formatMember } from '../kit/member.ts';
import { pickPlatformAudience } from '../kit/platform-audiences.ts';
import { checkFields } from '../kit/settings.ts';
import { refusedOperations } from './answers.ts';
import { googleAdsLegacy } from './destination.ts';
import { batchRules, planOf, userListOf } from './payload.ts';
import { type GoogleAdsSandbox, type GoogleAdsSandboxOptions, startGoogleAdsSandbox } from './sandbox.ts';
import { type GoogleAdsSettings, settingFields } from './settings.ts';

let sandbox: GoogleAdsSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const [ALEX, PHONE] = [digest('alexz@example.com'), digest('+18005550100')];
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const settingsWith = (changed: Record<string, unknown>): GoogleAdsSettings =>
  checkFields(settingFields, { customer_id: '1234567890', user_list_id: '777', ...changed }).values as never;

async function batchOf(settings: GoogleAdsSettings, changes: ActivationChange[]): Promise<Batch> {
  for await (const batch of batchChanges(inBatches(changes), batchRules(settings))) return batch;
  throw new Error('no batch');
}

describe('a plan of jobs', () => {
  const person = formatMember({
    ...{ email: [ALEX], phone: [PHONE], region: ['US'], 'postal-code': ['1229-076'] },
    ...{ 'given-name': [digest('givenname')], 'family-name': [digest('familyname')] },
  });
  it.each([
    ['email-granted', 'email', ALEX, ['advertising', 'personalisation'], undefined],
    ['phone-consent-unknown', 'phone', PHONE, undefined, 'analytics'],
    ['email-denied-is-a-removal', 'email', ALEX, ['advertising'], undefined],
    ['member-with-address', 'member', person, undefined, 'advertising'],
  ] as const)('is that of %s', async (name, data_type, id, consent, purpose) => {
    const settings = settingsWith({ data_type });
    const batch = await batchOf(settings, [{ id, change: 'add', ...(consent && { consent }) }]);
    expect(planOf(batch, settings, purpose).jobs).toEqual(fixture(name));
  });

  it('never mixes additions and removals, nor additions of different consent, in one job', async () => {
    const settings = settingsWith({ data_type: 'user-id', ad_personalization_purpose: 'personalisation' });
    const { jobs, denied } = planOf(
      await batchOf(settings, [
        { id: 'a', change: 'add', consent: ['advertising', 'personalisation'] },
        { id: 'b', change: 'add' },
        { id: 'c', change: 'add', consent: [] },
        { id: 'd', change: 'remove' },
      ]),
      settings,
      'advertising',
    );
    expect(denied).toBe(1);
    expect(jobs.map(({ operations }) => operations.map((operation) => Object.keys(operation)[0]))).toEqual([
      ['remove', 'remove'],
      ['create'],
      ['create'],
    ]);
    expect(JSON.stringify(jobs)).not.toContain('DENIED');
    expect(jobs.flatMap(({ operations }) => operations).every((one) => !JSON.stringify(one).includes('consent'))).toBe(
      true,
    );
  });
});

describe('a partial failure', () => {
  it('counts each operation once, also the first, whose place is left out of the JSON', () => {
    expect([...refusedOperations(fixture('partial-failure'))]).toEqual([
      [0, 'INVALID_SHA256_FORMAT'],
      [4, 'INVALID_COUNTRY_CODE'],
    ]);
  });
});

describe('a user list that is to be made', () => {
  it.each([
    ['email', {}, { uploadKeyType: 'CONTACT_INFO' }],
    ['user-id', {}, { uploadKeyType: 'CRM_ID' }],
    ['mobile-advertising-id', { app_id: '476943146' }, { uploadKeyType: 'MOBILE_ADVERTISING_ID', appId: '476943146' }],
  ] as const)('of %s has a name, a membership, and the key of its data', (data_type, more, crmBasedUserList) => {
    const list = userListOf('hikers', settingsWith({ data_type, ...more }));
    expect(list).toEqual({ name: 'hikers', membershipLifeSpan: '540', crmBasedUserList });
  });

  it('of mobile ids needs their app', () => {
    expect(() => userListOf('hikers', settingsWith({ data_type: 'mobile-advertising-id' }))).toThrow('app_id');
  });
});

describe('a delivery', () => {
  const members = (): string[] => sandbox!.platform.members('777');
  const seen = (operation: string) => sandbox!.requests.filter((request) => request.operation === operation);
  const add = (from: number, to: number): ActivationChange[] =>
    Array.from({ length: to - from }, (_, index) => ({ id: digest(`person ${from + index}`), change: 'add' }));
  const ids = (from: number, to: number): string[] =>
    add(from, to)
      .map(({ id }) => id)
      .sort();
  let exchange: Exchange;

  async function begin(options: GoogleAdsSandboxOptions = {}, settings: Record<string, unknown> = {}): Promise<void> {
    const clock = new FakeClock();
    const started = await startGoogleAdsSandbox({ clock, ...options });
    sandbox = started;
    const unused = () => Promise.reject(new Error('unused'));
    exchange = {
      clock,
      subject: { destination: googleAdsLegacy, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
      world: {
        settings: {
          ...{ api_url: started.url, token_url: started.tokenUrl, customer_id: '1234567890', user_list_id: '777' },
          ...{ data_type: 'email', ...settings },
        },
        credentials: {
          developer_token: 'sandbox',
          client_id: 'sandbox',
          client_secret: 'sandbox',
          refresh_token: 'sandbox',
        },
        faults: { permanent: () => undefined },
        members: async () => members(),
        traffic: async () => started.requests.length,
        close: () => started.close(),
      },
    };
  }
  const send = (changes: readonly ActivationChange[], more: Partial<DeliverOptions> = {}, id = 'dlv_1') =>
    deliver(googleAdsLegacy, { ...deliverOptions(exchange, new ProgressStore(id, exchange.clock), changes), ...more });

  it('removes a person who denies what an earlier delivery could take for granted', async () => {
    await begin();
    await send(add(0, 3), { purpose: 'advertising' });
    expect(sandbox!.platform.consentOf('777', ids(0, 3)[0]!)).toEqual({ adUserData: 'GRANTED' });
    const changed = add(0, 3).map((change, at) => ({
      ...change,
      consent: at === 0 ? [] : ['advertising', 'personalisation'],
    }));
    const report = await send(changed, {}, 'dlv_2');
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { consent_denied: 1 } });
    expect(members()).toEqual(ids(1, 3));
  });

  it('of a whole audience empties the list first, once, and also when nobody is left', async () => {
    await begin({}, { max_operations_per_job: 3 });
    await send(add(0, 8));
    await send(add(5, 13), { isWhole: true }, 'dlv_2');
    expect(members()).toEqual(ids(5, 13));
    expect(seen('add').filter(({ body }) => body.includes('removeAll'))).toHaveLength(1);
    await send([], { isWhole: true }, 'dlv_3');
    expect(members()).toEqual([]);
  });

  it('by a token that may not use Customer Match ends at once', async () => {
    await begin({ isAllowlisted: false });
    const report = await send(add(0, 3));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(report.failure?.message).toContain('CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE');
    expect(seen('create')).toHaveLength(1);
  });

  it('whose job fails fails, and whose operations are all refused runs no job', async () => {
    await begin({ isValidMember: (id) => id !== ids(0, 1)[0] });
    expect(await send(add(0, 1))).toMatchObject({
      status: 'partially_delivered',
      rejectedByPlatform: { INVALID_SHA256_FORMAT: 1 },
    });
    expect(seen('run')).toHaveLength(0);
    sandbox!.platform.jobsToFail = 1;
    expect(await send(add(1, 3), {}, 'dlv_2')).toMatchObject({ status: 'failed', batchesFailed: 1 });
    expect(members()).toEqual([]);
  });

  it('has its list made under a free name alone, and is refused more than ten pages of them', async () => {
    await begin();
    const options = deliverOptions(exchange, new ProgressStore('dlv_1', exchange.clock), []);
    const made = await pickPlatformAudience(googleAdsLegacy, options, { name: 'hikers' });
    expect(made).toEqual({ id: '90001', name: 'hikers' });
    const page = (body: unknown, times: number) =>
      sandbox!.inject({
        ...{ operation: 'search', kind: 'answer', times },
        answer: { status: 200, body: JSON.stringify(body) },
      });
    // A list that the query does not show, since it is one of others.
    page({ results: [] }, 1);
    await expect(pickPlatformAudience(googleAdsLegacy, options, { name: 'hikers' })).rejects.toThrow('INVALID_NAME');
    page({ results: [], nextPageToken: 'more' }, 20);
    await expect(pickPlatformAudience(googleAdsLegacy, options, { name: 'divers' })).rejects.toThrow('too many');
    expect(seen('mutate')).toHaveLength(2);
  });

  it('carries the headers of this API and no token in an address', async () => {
    await begin({}, { login_customer_id: '99' });
    await send(add(0, 1));
    const headers = seen('add')[0]!.headers;
    expect([headers['developer-token'], headers['login-customer-id']]).toEqual(['sandbox', '99']);
    expect(sandbox!.requests.map(({ url }) => url.search).join('')).toBe('');
  });
});
