// The streaming service's requests as documented, and `test` of the ways beside upload jobs with credentials that are false.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../kit/clock.ts';
import { type ConformanceWorld, deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { testDestination } from '../kit/deliver.ts';
import { fixtureText } from '../testing/fixture.ts';
import { xandr } from './destination.ts';
import { SANDBOX_KEYS, startXandrDropSandbox } from './drop-fixture.ts';
import { startXandrSandbox } from './sandbox.ts';
import type { XandrSettings } from './settings.ts';
import { streamedBody } from './streaming-payload.ts';

const base = { member_id: 456, id_type: 'xandr-user-id', expiration_minutes: 1440 };

describe('a request of the streaming service', () => {
  // learn.microsoft.com/xandr, "Instant Audience Service", first example.
  it.each([
    ['streaming-one-user', { segment_id: 10001, value: 1 }, { id: '12345678900987654321', isRemoval: false }],
    [
      'streaming-removal-by-code',
      { segment_code: 'hikers', value: 0, id_type: 'mobile-advertising-id', device_domain: 'idfa' },
      { id: 'AEBE52E7-03EE-455A-B3C4-E57283966239', isRemoval: true },
    ],
  ])('is that of %s', (name, settings, user) => {
    const body = streamedBody([user], { ...base, ...settings } as XandrSettings);
    expect(JSON.parse(body.toString('utf8'))).toEqual(JSON.parse(fixtureText(import.meta.url, `${name}.json`)));
  });
});

describe('a thousand users a second', () => {
  const users = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: String(10n ** 18n + BigInt(n)), isRemoval: false }));

  it('is what the sandbox takes, whatever the number of requests', async () => {
    const clock = new FakeClock();
    const sandbox = await startXandrSandbox({ clock });
    const credentials = JSON.stringify({ auth: { username: 'sandbox', password: 'sandbox' } });
    const signedIn = await fetch(`${sandbox.url}/auth`, { method: 'POST', body: credentials });
    const { token } = ((await signedIn.json()) as { response: { token: string } }).response;
    const settings = { ...base, segment_id: 10000, value: 0 } as XandrSettings;
    const stream = async (count: number) => {
      const init = { method: 'POST', headers: { authorization: token }, body: streamedBody(users(count), settings) };
      return (await fetch(`${sandbox.url}/rt-segment`, init as RequestInit)).status;
    };
    expect([await stream(600), await stream(400), await stream(1)]).toEqual([200, 200, 429]);
    await clock.sleep(1_000);
    expect(await stream(1)).toBe(200);
    await sandbox.close();
  });

  it('is kept by a delivery, which meets no refusal', async () => {
    const clock = new FakeClock();
    const sandbox = await startXandrSandbox({ clock });
    const urls = { api_url: sandbox.url, streaming_url: sandbox.url };
    const settings = { ...urls, way: 'streaming', member_id: 456, segment_id: 10000 };
    const world = {
      settings,
      credentials: { username: 'sandbox', password: 'sandbox' },
    } as unknown as ConformanceWorld;
    const exchange = { clock, world, subject: { destination: xandr } as never };
    const changes = users(2_500).map(({ id }) => ({ id, change: 'add' as const }));
    const report = await deliverToEnd(exchange, new ProgressStore('dlv_1', clock), changes);
    expect(report).toMatchObject({ status: 'delivered', added: 2_500 });
    expect(sandbox.members(10000)).toHaveLength(2_500);
    const instants = sandbox.requests.filter(({ operation }) => operation === 'stream').map(({ atMs }) => atMs);
    expect(instants).toHaveLength(3);
    expect(Math.min(...instants.slice(1).map((at, n) => at - instants[n]!))).toBeGreaterThanOrEqual(1_000);
    await sandbox.close();
  });
});

const testWith = (settings: object, credentials: object): Promise<void> =>
  testDestination(xandr, {
    ...{ settings, credentials, clock: systemClock, random: () => 0.5 },
    ...{ network: { allowedAddresses: ['127.0.0.1/32'] }, exportRoot: undefined, signal: new AbortController().signal },
  });

describe('test', () => {
  it('of the streaming service asks it with a token, and refuses a false password', async () => {
    const sandbox = await startXandrSandbox();
    const urls = { api_url: sandbox.url, streaming_url: sandbox.url };
    const settings = { ...urls, way: 'streaming', member_id: 456, segment_id: 10000 };
    await testWith(settings, { username: 'sandbox', password: 'sandbox' });
    expect(sandbox.requests.map(({ operation }) => operation)).toEqual(['auth', 'stream']);
    const wrong = testWith(settings, { username: 'sandbox', password: 'wrong' });
    await expect(wrong).rejects.toMatchObject({ code: 'authentication' });
    expect(sandbox.members(10000)).toEqual([]);
    await sandbox.close();
  });

  it.each([['access_key_id'], ['secret_access_key']])('of the bucket refuses a false %s', async (name) => {
    const sandbox = await startXandrDropSandbox({
      ...{ memberId: 456, region: 'eu-west-1', segments: undefined, isKnownUser: () => true },
      layout: { separators: [';', ',', ':', '\t', '^'], fields: ['SEG_ID', 'EXPIRATION', 'VALUE'] },
    });
    const place = { way: 's3-drop', drop_region: 'eu-west-1', drop_url: sandbox.url };
    const settings = { ...place, member_id: 456, segment_id: 10000 };
    await testWith(settings, SANDBOX_KEYS);
    const wrong = testWith(settings, { ...SANDBOX_KEYS, [name]: 'WRONGWRONG' });
    await expect(wrong).rejects.toMatchObject({ code: 'authentication' });
    expect([...sandbox.store.objects.keys()]).toEqual([]);
    await sandbox.close();
  });
});
