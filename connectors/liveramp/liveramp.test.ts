// Lists for LiveRamp, over SFTP and in a bucket.
import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { describeConformance } from '../kit/conformance.ts';
import { type ConformanceWorld, deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { checkFields } from '../kit/settings.ts';
import { SANDBOX_BUCKET, SANDBOX_KEYS, startS3Sandbox } from '../s3/sandbox.ts';
import { SANDBOX_ACCOUNT, SANDBOX_FOLDER } from '../sftp/sandbox.ts';
import { batchOf, fixtureText } from '../testing/fixture.ts';
import { liveramp } from './destination.ts';
import { batchRules, filesOf } from './payload.ts';
import { startLiverampSandbox } from './sandbox.ts';
import { type LiverampSettings, settingFields } from './settings.ts';

const { FAILURE, PERMISSION_DENIED } = ssh2.utils.sftp.STATUS_CODE;
const digestAt = (index: number): string => createHash('sha256').update(`person ${index}`).digest('hex');
const LIST = { data_type: 'email', audience_value: 'spring rain' };

describeConformance({
  destination: liveramp,
  idAt: digestAt,
  invalidIds: ['', 'a@b.example', digestAt(1).toUpperCase(), digestAt(1).slice(1)],
  invalidSettings: [
    { change: { audience_header: 'AUDIENCE_NAME' }, pointer: '/settings/audience_header' },
    { change: { id_header: 'email' }, pointer: '/settings/id_header' },
    { change: { host_key: undefined }, pointer: '/settings/host_key' },
    { change: { place: 's3' }, pointer: '/settings/bucket' },
    { change: { place: 'folder' }, pointer: '/settings/place' },
  ],
  start: async () => {
    const sandbox = await startLiverampSandbox();
    const server = {
      host: '127.0.0.1',
      port: sandbox.port,
      host_key: sandbox.hostKey,
      folder: SANDBOX_FOLDER.slice(1),
    };
    return {
      settings: { ...server, ...LIST, min_rows_per_file: 1, max_rows_per_file: 30 },
      credentials: SANDBOX_ACCOUNT,
      members: async () => sandbox.audience('spring rain'),
      traffic: async () => sandbox.traffic(),
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.inject({ at: 'connect' }),
          () => sandbox.inject({ at: 'rename' }),
          () => sandbox.inject({ at: 'open', status: FAILURE }),
        ],
        permanent: () => sandbox.inject({ at: 'open', status: PERMISSION_DENIED, times: 9 }),
      },
    };
  },
});

describe('a list', () => {
  const settingsWith = (given: object): LiverampSettings =>
    checkFields(settingFields, { ...LIST, place: 's3', folder: 'in', min_rows_per_file: 25, ...given })
      .values as unknown as LiverampSettings;
  const listsOf = async (given: object, changes: readonly ActivationChange[]) => {
    const settings = { ...settingsWith(given), min_rows_per_file: 1 };
    const { files } = filesOf(await batchOf(changes, batchRules(settings)), 'dlv_1-00001', settings);
    return Object.fromEntries(files.map(({ name, bytes }) => [name, Buffer.concat(bytes).toString('utf8')]));
  };
  const fixture = (name: string) => fixtureText(import.meta.url, name);

  it('of addresses is as the fixtures have it, byte for byte, with a file of its own for those who leave', async () => {
    const changes = [0, 1, 2].map((n) => ({ id: digestAt(n), change: n < 2 ? 'add' : 'remove' }) as const);
    expect(await listsOf({}, changes)).toEqual({
      'ECLUSE_dlv_1-00001.csv': fixture('added-addresses.csv'),
      'ECLUSE_DELETE_dlv_1-00001.csv': fixture('deleted-addresses.csv'),
    });
  });

  it('of devices may have headers of its own', async () => {
    const given = { data_type: 'mobile-advertising-id', id_header: 'DEVICE', audience_header: 'SEGMENT' };
    const changes = [{ id: 'AEBE52E7-03EE-455A-B3C4-E57283966239', change: 'add' }] as const;
    expect(await listsOf(given, changes)).toEqual({
      'ECLUSE_dlv_1-00001.csv': fixture('mobile-ids-under-an-own-header.csv'),
    });
  });

  it('of fewer rows than the platform takes is not sent but counted', async () => {
    const sandbox = await startS3Sandbox();
    const clock = new FakeClock();
    const place = {
      place: 's3',
      endpoint_url: sandbox.url,
      region: 'eu-west-3',
      bucket: SANDBOX_BUCKET,
      addressing: 'path',
    };
    const settings = { ...place, ...LIST, folder: 'in/osec' };
    const world = { settings, credentials: SANDBOX_KEYS } as unknown as ConformanceWorld;
    const exchange = { clock, world, subject: { destination: liveramp } as never };
    const send = (from: number, to: number, change: 'add' | 'remove', id: string) =>
      deliverToEnd(
        exchange,
        new ProgressStore(id, clock),
        Array.from({ length: to - from }, (_, index) => ({ id: digestAt(from + index), change })),
      );
    expect(await send(0, 24, 'add', 'dlv_1')).toMatchObject({
      status: 'partially_delivered',
      rejectedByPlatform: { below_minimum_rows: 24 },
    });
    expect([...sandbox.store.objects.keys()]).toEqual([]);
    expect(await send(0, 25, 'remove', 'dlv_2')).toMatchObject({ status: 'delivered', removed: 25 });
    const [[key, object] = ['', undefined]] = sandbox.store.objects;
    expect([...sandbox.store.objects.keys()]).toEqual(['in/osec/ECLUSE_DELETE_dlv_2-00001.csv']);
    expect(key).toContain('DELETE');
    const lines = object?.bytes.toString('utf8').split('\r\n');
    expect(lines?.slice(0, 2)).toEqual(['EMAIL,AUDIENCE', `${lines?.[1]?.slice(0, 64)},spring rain`]);
    await sandbox.close();
  });

  it('takes addresses digested as they are typed, and no other digest', () => {
    const { settings } = validateSettings(liveramp, {
      settings: { ...LIST, folder: 'in', host_key: `SHA256:${'A'.repeat(43)}` },
      credentials: SANDBOX_ACCOUNT,
    });
    const taken = (profile: string) => liveramp.acceptsProfile?.(settings as never, profile);
    expect([taken('meta@2026-06'), taken('google@2026-06'), taken('meta@2026-06/phone')]).toEqual([true, false, false]);
  });
});
