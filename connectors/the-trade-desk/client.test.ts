// The Trade Desk beyond the conformance suite: lifetimes, failed lines, data subject requests, the ways to authenticate.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { checkFields } from '../kit/settings.ts';
import { failedItems, namedItems } from './answers.ts';
import { theTradeDesk } from './destination.ts';
import { advertiserBody, subjectRequestBody } from './payload.ts';
import { dataUrl, REGIONS } from './regions.ts';
import {
  SANDBOX_SECRET,
  startTradeDeskSandbox,
  type TradeDeskSandbox,
  type TradeDeskSandboxOptions,
} from './sandbox.ts';
import { SANDBOX_LOGIN, SANDBOX_TOKEN } from './sandbox-tokens.ts';
import { settingFields, type TradeDeskSettings } from './settings.ts';
import { bodySignature } from './signature.ts';
import { activationIdTypeOf, isUserId } from './user-id.ts';

let sandbox: TradeDeskSandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const UID2 = 'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=';
const OTHER = createHash('sha256').update('other').digest('base64');
const base = { advertiser_id: 'adv1', segment_name: 'hikers', id_name: 'UID2' };
const fixture = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
const settingsWith = (changed: Record<string, unknown> = {}): TradeDeskSettings =>
  checkFields(settingFields, { ...base, ...changed }).values as never;
const read = (body: Buffer): unknown => JSON.parse(body.toString('utf8'));

interface Trial {
  readonly changes: readonly ActivationChange[];
  readonly settings?: Record<string, unknown>;
  readonly credentials?: Record<string, unknown>;
  readonly platform?: TradeDeskSandboxOptions;
}

async function deliverTo({ changes, settings = {}, credentials = SANDBOX_LOGIN, platform = {} }: Trial) {
  const clock = new FakeClock();
  const started = await startTradeDeskSandbox({ clock, ...platform });
  sandbox = started;
  const urls = { data_url: started.url, auth_url: started.url };
  const unused = () => Promise.reject(new Error('unused'));
  const exchange = {
    clock,
    subject: { destination: theTradeDesk, idAt: String, invalidIds: [], invalidSettings: [], start: unused },
    world: {
      ...{ settings: { ...base, ...urls, ...settings }, credentials: { ...credentials } },
      faults: { permanent: () => undefined },
      ...{ members: unused, traffic: unused, close: unused },
    },
  };
  const store = new ProgressStore('dlv_1', clock);
  const report = await deliverToEnd(exchange, store, changes);
  return { report, progress: store.progress, clock, platform: started.platform, requests: started.requests };
}

describe('a body', () => {
  const add = [{ id: UID2, isRemoval: false }];
  it.each([
    ['add-uid2', {}, add],
    ['remove-is-a-lifetime-of-zero', {}, [{ id: UID2, isRemoval: true }]],
    [
      'data-provider-and-other-spelling',
      { data_provider_id: 'dp1', ttl_field: 'TTLInMinutes', ttl_minutes: 43_200 },
      add,
    ],
    ['daid', { id_name: 'DAID' }, [{ id: '38400000-8cf0-11bd-b23e-10b96e4ef00d', isRemoval: false }]],
  ] as const)('is that of %s', (name, changed, rows) => {
    expect(read(advertiserBody(rows, settingsWith(changed), 'trace'))).toEqual(fixture(name));
  });

  it('of a data subject request names the advertiser and the ids, and no segment', () => {
    const settings = { ...settingsWith(), removal: 'deletion' as const };
    expect(read(subjectRequestBody([UID2], settings, 'trace'))).toEqual(fixture('deletion'));
  });

  it('is signed as a whole: another last item gives another signature', () => {
    const sign = (rows: Parameters<typeof advertiserBody>[0]) =>
      bodySignature(advertiserBody(rows, settingsWith(), 'trace'), SANDBOX_SECRET);
    expect(sign([...add, { id: OTHER, isRemoval: false }])).not.toBe(sign([...add, { id: OTHER, isRemoval: true }]));
    // RFC 2202 section 3, case 2.
    expect(Buffer.from(bodySignature(Buffer.from('what do ya want for nothing?'), 'Jefe'), 'base64')).toEqual(
      Buffer.from('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79', 'hex'),
    );
  });
});

describe('an id', () => {
  it.each([
    ['UID2', UID2, true],
    ['UID2', Buffer.from(UID2, 'base64').toString('hex'), false],
    ['UID2', UID2.replaceAll('/', '_'), false],
    ['EUID', UID2, true],
    ['TDID', '00000000-0000-0000-0000-000000000000', false],
    ['DAID', UID2, false],
    ['RampID', 'XY1005abc', true],
    ['RampID', 'two words', false],
  ] as const)('under the name %s of the form %s is taken: %s', (name, id, isTaken) => {
    expect(isUserId(name, id)).toBe(isTaken);
  });

  it('is of the activation type of its name, which no shape decides', () => {
    const types = (['UID2', 'EUIDToken', 'DAID', 'TDID', 'ID5'] as const).map(activationIdTypeOf);
    expect(types).toEqual(['uid2', 'uid2', 'mobile-advertising-id', 'customer', 'customer']);
  });
});

describe('a membership', () => {
  it('ends with its lifetime, and begins anew when it is sent again', async () => {
    const { clock, platform } = await deliverTo({
      changes: [{ id: UID2, change: 'add' }],
      settings: { ttl_minutes: 60 },
    });
    expect(platform.members('hikers')).toEqual([UID2]);
    await clock.sleep(3_600_000);
    expect(platform.members('hikers')).toEqual([]);
  });

  it('is kept by the platform under either spelling of the lifetime', async () => {
    const { report, platform } = await deliverTo({
      changes: [{ id: UID2, change: 'add' }],
      settings: { ttl_field: 'TTLInMinutes' },
    });
    expect(report.status).toBe('delivered');
    expect(platform.members('hikers')).toEqual([UID2]);
  });

  it.each([
    ['deletion', 'Deletion'],
    ['opt-out', 'OptOut'],
  ])('that is removed with %s is also taken out of all data of the advertiser', async (removal, type) => {
    const changes = [
      { id: UID2, change: 'remove' as const },
      { id: OTHER, change: 'add' as const },
    ];
    const { report, platform } = await deliverTo({ changes, settings: { removal } });
    expect(report).toMatchObject({ status: 'delivered', added: 1, removed: 1 });
    expect(platform.subjectRequests).toEqual([{ type, id: UID2 }]);
    expect(platform.members('hikers')).toEqual([OTHER]);
  });

  it.each(['segment', 'opt-out', 'deletion'])(
    'of a person who is erased is deleted for good, also where removal is %s',
    async (removal) => {
      const changes = [{ id: UID2, change: 'remove' as const, erase: true as const }];
      const { report, platform } = await deliverTo({ changes, settings: { removal } });
      expect(report).toMatchObject({ status: 'delivered', removed: 1, erasure: 'erased' });
      expect(platform.subjectRequests).toEqual([{ type: 'Deletion', id: UID2 }]);
    },
  );

  it('is only removed where the platform refuses the deletion, and the report says so', async () => {
    const changes = [{ id: UID2, change: 'remove' as const, erase: true as const }];
    const { report, platform } = await deliverTo({ changes, platform: { refusesSubjects: true } });
    expect(report).toMatchObject({
      status: 'partially_delivered',
      erasure: 'removed_only',
      rejectedByPlatform: { InvalidUserId: 1 },
    });
    expect(platform.subjectRequests).toEqual([]);
  });

  it('without removals asks for no deletion', async () => {
    const { requests } = await deliverTo({
      changes: [{ id: UID2, change: 'add' }],
      settings: { removal: 'deletion' },
    });
    expect(requests.map(({ operation }) => operation)).toEqual(['token', 'data']);
  });
});

describe('an answer', () => {
  const answer = (status: number, value: unknown) => ({
    status,
    headers: {},
    body: Buffer.from(JSON.stringify(value)),
  });
  it('counts a failed item once, however many of its lines failed, and never more than were sent', () => {
    const FailedLines = [
      { ErrorCode: 'InvalidTtlInMinutes', ItemNumber: '2', Message: 'user@example.com' },
      { ErrorCode: 'DataNameTooLong', ItemNumber: '2' },
      { ErrorCode: 'user@example.com', ItemNumber: 3 },
      { ErrorCode: 'MissingUserId' },
    ];
    expect([...failedItems(answer(200, { FailedLines }), 3, 0).values()]).toEqual([
      'InvalidTtlInMinutes',
      'Unknown',
      'MissingUserId',
    ]);
    expect(failedItems(answer(200, { FailedLines }), 1, 0).size).toBe(1);
    expect(failedItems(answer(200, {}), 3, 0).size).toBe(0);
  });

  it('names the persons whose ids its lines repeat, and nobody by a number alone or by an id that was not sent', () => {
    const FailedLines = [
      { ErrorCode: 'UserNotMapped', ItemNumber: '1', UID2: OTHER, DataName: 'hikers' },
      { ErrorCode: 'MissingUserId', ItemNumber: '2' },
      { ErrorCode: 'MissingUserId', ItemNumber: '3', TDID: 'user@example.com' },
    ];
    const named = namedItems(answer(200, { FailedLines }), new Set([UID2, OTHER]));
    expect([...named]).toEqual([[OTHER, 'UserNotMapped']]);
    expect(namedItems(answer(200, {}), new Set([UID2])).size).toBe(0);
  });

  it('that names a person keeps that person alone among the dead letters', async () => {
    const { progress } = await deliverTo({
      changes: [UID2, OTHER].map((id) => ({ id, change: 'add' })),
      platform: { isMapped: (id) => id !== OTHER },
    });
    const place = [UID2, OTHER].sort().indexOf(OTHER);
    expect(progress.letters).toMatchObject([{ codes: { UserNotMapped: 1 }, rows: 1, places: [place] }]);
  });

  it('of 400 ends the delivery at once: a bad request is never sent for ever', async () => {
    const { report, requests } = await deliverTo({
      changes: [{ id: UID2, change: 'add' }],
      platform: { advertisers: ['another'] },
    });
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(requests.filter(({ operation }) => operation === 'data')).toHaveLength(1);
  });

  it('of 413 halves the request until it passes', async () => {
    const changes = Array.from({ length: 40 }, (_, at) => ({
      id: createHash('sha256').update(`person ${at}`).digest('base64'),
      change: 'add' as const,
    }));
    const { report, platform } = await deliverTo({ changes, platform: { maxBodyBytes: 1_500 } });
    expect(report).toMatchObject({ status: 'delivered', added: 40, rejectedByPlatform: {} });
    expect(platform.members('hikers')).toHaveLength(40);
  });
});

describe('authentication', () => {
  const changes = [{ id: UID2, change: 'add' as const }];
  it('takes a long-lived token as it is', async () => {
    const { report, requests } = await deliverTo({ changes, credentials: { token: SANDBOX_TOKEN } });
    expect(report.status).toBe('delivered');
    expect(requests.map(({ operation }) => operation)).toEqual(['data']);
  });

  it('signs every body with a secret, where the deprecated signature is still in use', async () => {
    const { report } = await deliverTo({ changes, credentials: { advertiser_secret: SANDBOX_SECRET } });
    expect(report.status).toBe('delivered');
  });

  it.each([[{ token: 'expired' }], [{ advertiser_secret: 'wrong' }], [{ login: 'sandbox', password: 'wrong' }]])(
    'with %j ends the delivery and asks no further',
    async (credentials) => {
      const { report, clock } = await deliverTo({ changes, credentials });
      expect(report).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
      expect(clock.sleptMs).toEqual([]);
    },
  );

  it.each([
    [{}, '/credentials'],
    [{ token: 't', login: 'a', password: 'b' }, '/credentials'],
    [{ login: 'a' }, '/credentials/password'],
    [{ provider_secret: 's' }, '/settings/data_provider_id'],
  ])('refuses the credentials %j at %s', (credentials, pointer) => {
    expect(() => validateSettings(theTradeDesk, { settings: base, credentials })).toThrow(pointer);
  });
});

describe('a region', () => {
  it('has one address each, and one alone is sent to', () => {
    const urls = REGIONS.map((region) => [region, dataUrl(settingsWith({ region }))]);
    expect(Object.fromEntries(urls)).toEqual({
      usw: 'https://usw-data.adsrvr.org',
      use: 'https://use-data.adsrvr.org',
      euw: 'https://euw-data.adsrvr.org',
      sin: 'https://sin-data.adsrvr.org',
      tok: 'https://tok-data.adsrvr.org',
      cn: 'https://data-cn2.adsrvr.cn',
    });
    expect(theTradeDesk.hosts(settingsWith({ region: 'usw' }))).toEqual([
      'usw-data.adsrvr.org',
      'api.thetradedesk.com',
    ]);
  });
});
