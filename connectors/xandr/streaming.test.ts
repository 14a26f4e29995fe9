// The streaming service's requests as documented, and `test` of the ways beside upload jobs with credentials that are false.
import { describe, expect, it } from 'vitest';
import { systemClock } from '../kit/clock.ts';
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
