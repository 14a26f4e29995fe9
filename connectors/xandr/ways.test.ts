// The other ways to a Xandr seat: Avro files, the streaming service, the bucket, and a key in place of a password.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { batchChanges } from '../kit/batches.ts';
import { describeConformance } from '../kit/conformance.ts';
import { type FakeClock, inBatches } from '../kit/conformance-world.ts';
import { validateSettings } from '../kit/define-destination.ts';
import { refusalAnswer } from '../s3/sandbox.ts';
import { avroFileOf } from './avro-file.ts';
import { avroType, DEFAULT_AVRO_SCHEMA } from './avro-schema.ts';
import { xandr } from './destination.ts';
import { SANDBOX_KEYS, startXandrDropSandbox } from './drop-fixture.ts';
import { startXandrSandbox } from './sandbox.ts';
import { readAvroUsers } from './sandbox-avro.ts';
import type { XandrSettings } from './settings.ts';
import { rowsOfWarnings } from './streaming-payload.ts';

const unknown = new Set<string>();
const isKnownUser = (uid: string): boolean => !unknown.has(uid);
const rejectRows =
  (code: string) =>
  (ids: readonly string[]): string => {
    for (const id of ids) unknown.add(id);
    return code;
  };
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const BY_KEY = { username: 'sandbox', private_key: keys.privateKey, key_name: 'sandbox-key' };

describe('ids of a publisher in Avro files, under a signed token,', () => {
  describeConformance({
    destination: xandr,
    idAt: (index) => `ppid-${String(index).padStart(5, '0')}`,
    invalidIds: ['', 'with blank', 'x'.repeat(201), 'ünï'],
    invalidSettings: [
      { change: { file_form: 'legacy' }, pointer: '/settings/id_type' },
      { change: { id_type: 'uid2' }, pointer: '/settings/eid_source' },
      { change: { avro_schema: '{"type":"record","name":"user","fields":[]}' }, pointer: '/settings/avro_schema' },
      { change: { avro_schema: 'no json' }, pointer: '/settings/avro_schema' },
    ],
    start: async (clock: FakeClock) => {
      unknown.clear();
      const sandbox = await startXandrSandbox({ clock, isKnownUser, segments: ['10000'], publicKey: keys.publicKey });
      const avro = { file_form: 'avro', id_type: 'ppid', max_file_bytes: 1_500 };
      return {
        settings: { api_url: sandbox.url, member_id: 456, segment_id: 10000, ...avro },
        credentials: BY_KEY,
        members: async () => sandbox.members(10000),
        traffic: async () => sandbox.requests.length,
        close: () => sandbox.close(),
        faults: {
          retry: [() => sandbox.inject({ operation: 'upload', kind: 'reset-after' })],
          throttle: () => sandbox.fail({ kind: 'throttle' }),
          authExpiry: () => sandbox.fail({ kind: 'noauth', skip: 1 }),
          quota: () => sandbox.fail({ kind: 'quota' }),
          permanent: () => sandbox.inject({ operation: 'open', kind: 'answer', answer: { status: 400 } }),
          rejectRows: rejectRows('num_invalid_user'),
        },
      };
    },
  });
});

describe('the streaming service', () => {
  describeConformance({
    destination: xandr,
    idAt: (index) => String(10_000_000_000_000_000_000n + BigInt(index)),
    invalidIds: ['0', '', '-1', '18446744073709551616'],
    invalidSettings: [
      { change: { segment_id: undefined }, pointer: '/settings/segment_id' },
      { change: { id_type: 'ppid' }, pointer: '/settings/id_type' },
      { change: { id_type: 'mobile-advertising-id', device_domain: 'rida' }, pointer: '/settings/device_domain' },
    ],
    start: async (clock: FakeClock) => {
      unknown.clear();
      // Fewer users than a batch holds: the client has to send halves.
      const sandbox = await startXandrSandbox({ clock, isKnownUser, segments: ['10000'], maxStreamedUsers: 30 });
      const urls = { api_url: sandbox.url, streaming_url: sandbox.url };
      return {
        settings: { ...urls, way: 'streaming', max_users_per_request: 40, member_id: 456, segment_id: 10000 },
        credentials: { username: 'sandbox', password: 'sandbox' },
        members: async () => sandbox.members(10000),
        traffic: async () => sandbox.requests.length,
        close: () => sandbox.close(),
        faults: {
          retry: [
            () => sandbox.inject({ operation: 'stream', kind: 'answer', answer: { status: 502 } }),
            () => sandbox.inject({ operation: 'stream', kind: 'reset' }),
            () => sandbox.inject({ operation: 'stream', kind: 'reset-after' }),
          ],
          throttle: () =>
            sandbox.inject({ operation: 'stream', kind: 'answer', answer: sandbox.platform.throttled(9) }),
          authExpiry: () =>
            sandbox.inject({
              operation: 'stream',
              kind: 'answer',
              answer: sandbox.platform.error('NOAUTH', 'not logged in'),
            }),
          permanent: () => sandbox.inject({ operation: 'stream', kind: 'answer', answer: { status: 400 } }),
          rejectRows: rejectRows('no_valid_segments'),
        },
      };
    },
  });

  it.each([
    [["'user_id' is required and cannot be empty"], { user_id_required: 1 }],
    [["'seg_block' is required"], { seg_block_required: 1 }],
    [
      ["'seg_id' or 'seg_code' and 'member_id' are required", 'No valid segments for user_id: 1.'],
      { no_valid_segments: 1 },
    ],
    [['No valid segments for user_id: 1.', 'No valid segments for user_id: 2.'], { no_valid_segments: 2 }],
    [['No valid segments for user_id: 1.', 'No valid rt_segment in request.'], { no_valid_rt_segment: 2 }],
    [['Too many user_ids in request.'], 'too-many'],
    [['Something new.'], { warning: 1 }],
    [[], {}],
  ])('says what failed by warnings beside an OK: %s', (warnings, expected) => {
    const users = ['1', '2'].map((id) => ({ id, isRemoval: false }));
    expect(rowsOfWarnings(warnings, users)).toEqual(expected);
  });
});

describe('the bucket', () => {
  describeConformance({
    destination: xandr,
    idAt: (index) => String(10_000_000_000_000_000_000n + BigInt(index)),
    invalidIds: ['0', '', '-1'],
    invalidSettings: [{ change: { drop_region: undefined }, pointer: '/settings/drop_region' }],
    start: async () => {
      const region = 'eu-west-1';
      const layout = { separators: [';', ',', ':', '\t', '^'], fields: ['SEG_ID', 'EXPIRATION', 'VALUE'] } as const;
      const rules = { segments: new Set(['10000']), isKnownUser: () => true, layout };
      const sandbox = await startXandrDropSandbox({ memberId: 456, region, ...rules });
      const drop = { way: 's3-drop', drop_region: region, drop_url: sandbox.url, max_file_bytes: 1_000 };
      const { access_key_id, secret_access_key } = SANDBOX_KEYS;
      return {
        settings: { member_id: 456, segment_id: 10000, ...drop },
        credentials: { access_key_id, secret_access_key },
        members: async () => [...(sandbox.memberships.get('10000') ?? [])].sort(),
        traffic: async () => sandbox.requests.length,
        close: () => sandbox.close(),
        faults: {
          retry: [
            () => sandbox.inject({ operation: 'put', kind: 'reset-after' }),
            () => sandbox.inject({ operation: 'list', kind: 'answer', answer: refusalAnswer(500, 'InternalError') }),
          ],
          throttle: () => {
            const slow = refusalAnswer(503, 'SlowDown');
            const headers = { ...slow.headers, 'retry-after': '9' };
            sandbox.inject({ operation: 'put', kind: 'answer', answer: { ...slow, headers } });
          },
          authExpiry: () =>
            sandbox.inject({ operation: 'put', kind: 'answer', answer: refusalAnswer(503, 'SlowDown') }),
          permanent: () =>
            sandbox.inject({ operation: 'put', kind: 'answer', answer: refusalAnswer(403, 'AccessDenied') }),
        },
      };
    },
  });
});

describe('a key in place of a password', () => {
  it.each([
    ['the password beside it', { ...BY_KEY, password: 'x' }, '/credentials/password'],
    ['no name', { username: 'sandbox', private_key: keys.privateKey }, '/credentials/key_name'],
    ['a key that is none', { ...BY_KEY, private_key: 'x' }, '/credentials/private_key'],
  ])('is refused with %s', (_, credentials, pointer) => {
    const check = () => validateSettings(xandr, { settings: { member_id: 1, segment_id: 2 }, credentials });
    expect(check).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ pointer })] }));
  });
});

describe('an Avro file', () => {
  const settingsOf = (more: object): XandrSettings => {
    const settings = { member_id: 456, segment_id: 123, file_form: 'avro', ...more };
    return validateSettings(xandr, { settings, credentials: { username: 'u', password: 'p' } })
      .settings as unknown as XandrSettings;
  };
  const fileWith = async (settings: XandrSettings, changes: Parameters<typeof inBatches>[0]): Promise<Buffer> => {
    for await (const batch of batchChanges(inBatches(changes), xandr.batchRules(settings)))
      return Buffer.concat(avroFileOf(batch, settings, 0));
    throw new Error('no batch');
  };

  // The sample lines of the documentation, as avro-tools writes them.
  it.each(['avro-eid', 'avro-ids'])('holds what the documented records say: %s', async (name) => {
    const cases = JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as {
      settings: object;
      id: string;
      record: { uid: object; segments: object[] };
    }[];
    for (const { settings, id, record } of cases) {
      const file = await fileWith(settingsOf(settings), [{ id, change: 'add' }]);
      const decoder = new avsc.streams.BlockDecoder();
      decoder.end(file);
      for await (const user of decoder) expect(JSON.parse(JSON.stringify(user))).toEqual(record);
    }
  });

  it('keeps user ids of 64 bits, and says -1 for removals', async () => {
    const file = await fileWith(settingsOf({}), [
      { id: '18446744073709551615', change: 'add' },
      { id: '9007199254740993', change: 'remove' },
    ]);
    expect(await readAvroUsers(file)).toEqual([
      {
        uid: '9007199254740993',
        domain: undefined,
        segments: [{ SEG_ID: 123, EXPIRATION: -1, TIMESTAMP: 0 }],
        removals: [],
      },
      {
        uid: '18446744073709551615',
        domain: undefined,
        segments: [{ SEG_ID: 123, EXPIRATION: 0, TIMESTAMP: 0 }],
        removals: [],
      },
    ]);
  });

  it('of many blocks is the same on every attempt and reads back whole', async () => {
    const changes = Array.from({ length: 10_000 }, (_, index) => ({ id: String(index + 1), change: 'add' as const }));
    const [first, second] = [await fileWith(settingsOf({}), changes), await fileWith(settingsOf({}), changes)];
    expect(first.equals(second)).toBe(true);
    expect((await readAvroUsers(first)).map(({ uid }) => uid)).toEqual(changes.map(({ id }) => id));
  });

  it('follows a schema of the member’s own', async () => {
    const own = structuredClone(DEFAULT_AVRO_SCHEMA) as unknown as { namespace: string; fields: { type: unknown[] }[] };
    own.namespace = 'osec.custom';
    const branches = own.fields[0]!.type;
    own.fields[0]!.type = ['null', ...branches.slice(0, 4)];
    const avro_schema = JSON.stringify(own);
    const file = await fileWith(settingsOf({ id_type: 'ppid', avro_schema }), [{ id: 'a', change: 'add' }]);
    const [read] = await readAvroUsers(file);
    expect(read).toMatchObject({ uid: 'a', domain: 'member 456' });
    expect(avroType(avro_schema).toString()).toContain('osec.custom.user');
    const pointer = '/settings/avro_schema';
    const eid = () => settingsOf({ id_type: 'ppid', eid_source: 'liveramp.com', avro_schema });
    expect(eid).toThrow(expect.objectContaining({ issues: [expect.objectContaining({ pointer })] }));
  });
});
