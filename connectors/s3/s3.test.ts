// The S3 destination against a strict store of our own, and against a store that others wrote.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeConformance } from '../kit/conformance.ts';
import { deliverToEnd, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { testDestination } from '../kit/deliver.ts';
import { openEgress } from '../kit/egress.ts';
import { deliverThree, fixtureText } from '../testing/fixture.ts';
import { BucketFolder } from './bucket-folder.ts';
import { s3 } from './destination.ts';
import { refusalAnswer, SANDBOX_BUCKET, SANDBOX_KEYS, startS3Sandbox } from './sandbox.ts';
import type { S3Settings } from './settings.ts';
import { signatureFault } from './signature-check.ts';

const FORM = { format: 'csv', id_type: 'customer', gzip: false, formula_ids: 'refuse' } as const;
const PLACE = { region: 'eu-west-3', bucket: SANDBOX_BUCKET, prefix: 'osec/spring', addressing: 'path' } as const;

describeConformance({
  destination: s3,
  idAt: (index) => `id "${index}", ünï`,
  invalidIds: ['', 'a\nb', '\ud800', 'x'.repeat(513), '=1+1', '+31612345678'],
  invalidSettings: [
    { change: { bucket: 'Upper' }, pointer: '/settings/bucket' },
    { change: { bucket: 'a..b' }, pointer: '/settings/bucket' },
    { change: { prefix: '../up' }, pointer: '/settings/prefix' },
    { change: { endpoint_url: 'http://store.example' }, pointer: '/settings/endpoint_url' },
    { change: { endpoint_url: 'https://store.example/path' }, pointer: '/settings/endpoint_url' },
    { change: { encryption: 'aws:kms' }, pointer: '/settings/kms_key_id' },
    { change: { addressing: 'virtual-host', bucket: 'with.dots' }, pointer: '/settings/addressing' },
  ],
  start: async () => {
    const sandbox = await startS3Sandbox({ encryptionRequired: true });
    return {
      settings: { ...PLACE, ...FORM, endpoint_url: sandbox.url, max_rows_per_file: 30 },
      credentials: SANDBOX_KEYS,
      members: () => sandbox.members('osec/spring'),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
      faults: {
        retry: [
          () => sandbox.inject({ operation: 'put', kind: 'answer', answer: refusalAnswer(500, 'InternalError') }),
          () => sandbox.inject({ operation: 'put', kind: 'reset' }),
          () => sandbox.inject({ operation: 'put', kind: 'reset-after' }),
          () => sandbox.inject({ operation: 'put', kind: 'answer', answer: refusalAnswer(400, 'RequestTimeout') }),
          () => sandbox.inject({ operation: 'head', kind: 'answer', answer: { status: 502 } }),
        ],
        throttle: () => {
          const slow = refusalAnswer(503, 'SlowDown');
          const answer = { ...slow, headers: { ...slow.headers, 'retry-after': '9' } };
          sandbox.inject({ operation: 'put', kind: 'answer', answer });
        },
        permanent: () =>
          sandbox.inject({ operation: 'put', kind: 'answer', answer: refusalAnswer(403, 'AccessDenied'), times: 99 }),
      },
    };
  },
});

function folderAt(url: string, settings: Partial<S3Settings> = {}, keys = SANDBOX_KEYS): BucketFolder {
  const signal = new AbortController().signal;
  const network = { allowedAddresses: ['127.0.0.1/32'] };
  const egress = openEgress({ network, hosts: ['127.0.0.1'], signal });
  const delivery = { id: 'dlv_1', startedAtMs: 0, purpose: undefined, isWhole: false };
  const context = { egress, clock: new FakeClock(), random: Math.random, signal, exportRoot: undefined, delivery };
  const all = {
    ...PLACE,
    ...FORM,
    max_rows_per_file: 30,
    encryption: 'AES256' as const,
    endpoint_url: url,
    ...settings,
  };
  return new BucketFolder({ settings: all, credentials: keys, context });
}

describe('what an object says', () => {
  it.each([
    ['csv', 'rows.csv', 'manifest-of-csv.json'],
    ['ndjson', 'rows.ndjson', 'manifest-of-ndjson.json'],
  ])('is as the fixtures have it in %s, byte for byte: %s and %s', async (format, rows, manifest) => {
    const sandbox = await startS3Sandbox();
    const settings = { ...PLACE, ...FORM, format, endpoint_url: sandbox.url };
    await deliverThree(s3, { settings, credentials: SANDBOX_KEYS });
    const text = (name: string) => sandbox.store.objects.get(`osec/spring/${name}`)?.bytes.toString('utf8');
    expect(text(`dlv_1-00001.${format}`)).toBe(fixtureText(import.meta.url, rows));
    expect(text('dlv_1.manifest.json')).toBe(fixtureText(import.meta.url, manifest));
    await sandbox.close();
  });
});

describe('a large file', () => {
  it('goes out in parts, is asked to be encrypted, and leaves no open upload', async () => {
    const sandbox = await startS3Sandbox({ encryptionRequired: true });
    const bytes = randomBytes(20_000_000);
    const folder = folderAt(sandbox.url, { encryption: 'aws:kms', kms_key_id: 'alias/osec' });
    await folder.write('large.csv', [bytes.subarray(0, 9_999_999), bytes.subarray(9_999_999)]);
    const stored = sandbox.store.objects.get('osec/spring/large.csv');
    expect(stored?.encryption).toBe('aws:kms');
    expect(stored?.bytes.equals(bytes)).toBe(true);
    expect(sandbox.requests.filter(({ operation }) => operation === 'put-part')).toHaveLength(3);
    expect(sandbox.store.openUploads).toBe(0);
    await folder.close();
    await sandbox.close();
  });

  it('that fails half-way is given up at the store too', async () => {
    const sandbox = await startS3Sandbox();
    sandbox.inject({ operation: 'put-part', kind: 'answer', answer: refusalAnswer(500, 'InternalError'), skip: 1 });
    const folder = folderAt(sandbox.url);
    await expect(folder.write('large.csv', [randomBytes(20_000_000)])).rejects.toMatchObject({ code: 'server_error' });
    expect(sandbox.store.openUploads).toBe(0);
    expect([...sandbox.store.objects.keys()]).toEqual([]);
    await folder.close();
    await sandbox.close();
  });
});

describe('the store', () => {
  it('tells nothing of this machine by the requests it gets', async () => {
    const sandbox = await startS3Sandbox();
    const folder = folderAt(sandbox.url);
    await folder.write('a.csv', [Buffer.from('a')]);
    for (const { headers } of sandbox.requests) expect(headers['user-agent']).toBe('ecluse');
    await folder.close();
    await sandbox.close();
  });

  it('of whatever make is sent the plain requests of SigV4: signed bodies, no newer checksums, nothing in chunks', async () => {
    const sandbox = await startS3Sandbox();
    const folder = folderAt(sandbox.url);
    await folder.write('small.csv', [Buffer.from('a')]);
    await folder.write('large.csv', [randomBytes(9_000_000)]);
    await folder.describe('small.csv');
    const names = sandbox.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => /checksum|trailer|decoded-content/.test(name))).toEqual([]);
    for (const { headers, body } of sandbox.requests) {
      expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
    }
    await folder.close();
    await sandbox.close();
  });

  it.each([
    ['secret_access_key', { ...SANDBOX_KEYS, secret_access_key: 'another' }],
    ['access_key_id', { ...SANDBOX_KEYS, access_key_id: 'ANOTHER' }],
  ])('refuses a wrong %s, and no message repeats it', async (_, keys) => {
    const sandbox = await startS3Sandbox();
    const fault = await folderAt(sandbox.url, {}, keys)
      .check()
      .catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'authentication' });
    expect(String(fault)).not.toMatch(/another/i);
    await sandbox.close();
  });

  it('without the bucket is told apart from a store that is down', async () => {
    const sandbox = await startS3Sandbox();
    await expect(folderAt(sandbox.url, { bucket: 'no-such-bucket' }).check()).rejects.toMatchObject({
      code: 'rejected',
    });
    await sandbox.close();
    await expect(folderAt(sandbox.url).check()).rejects.toMatchObject({ code: 'network' });
  });
});

describe('the signature check of the sandbox', () => {
  // docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, examples "PUT Object" and "GET Object".
  const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const scope = 'Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
  const now = Date.parse('2013-05-24T00:00:00Z');
  const put = {
    method: 'PUT',
    target: '/test%24file.text',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope},SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd`,
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      host: 'examplebucket.s3.amazonaws.com',
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    body: Buffer.from('Welcome to Amazon S3.'),
  };
  const get = {
    method: 'GET',
    target: '/test.txt',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope},SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41`,
      host: 'examplebucket.s3.amazonaws.com',
      range: 'bytes=0-9',
      'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      'x-amz-date': '20130524T000000Z',
    },
    body: Buffer.alloc(0),
  };

  it('takes the examples of the specification', () => {
    expect(signatureFault(put, key, now)).toBeUndefined();
    expect(signatureFault(get, key, now)).toBeUndefined();
  });

  it('refuses them with anything changed', () => {
    expect(signatureFault({ ...put, body: Buffer.from('Welcome') }, key, now)).toBe('XAmzContentSHA256Mismatch');
    expect(signatureFault({ ...put, target: '/other' }, key, now)).toBe('SignatureDoesNotMatch');
    expect(signatureFault({ ...get, headers: { ...get.headers, range: 'bytes=0-99' } }, key, now)).toBe(
      'SignatureDoesNotMatch',
    );
    expect(signatureFault(get, key, now + 1_000_000)).toBe('RequestTimeTooSkewed');
    const more = { ...get.headers, 'x-amz-server-side-encryption': 'AES256' };
    expect(signatureFault({ ...get, headers: more }, key, now)).toBe('AccessDenied');
  });
});

describe('a store that others wrote', () => {
  it('takes a delivery of several files and a resumed one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ecluse-s3rver-'));
    const store = new (await s3rver())({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory,
      configureBuckets: [{ name: SANDBOX_BUCKET, configs: [] }],
    });
    const { port } = (await store.run()) as AddressInfo;
    try {
      const settings = {
        ...PLACE,
        ...FORM,
        endpoint_url: `http://127.0.0.1:${port}`,
        max_rows_per_file: 30,
        gzip: true,
      };
      const clock = new FakeClock();
      const credentials = { access_key_id: 'S3RVER', secret_access_key: 'S3RVER' };
      const world = { settings, credentials } as never;
      const exchange = { subject: { destination: s3 } as never, clock, world };
      const changes = Array.from({ length: 100 }, (_, index) => ({ id: `id${index}`, change: 'add' as const }));
      const progress = new ProgressStore('dlv_1', clock);
      progress.killAt = { save: 2, when: 'before' };
      expect(await deliverToEnd(exchange, progress, changes)).toMatchObject({
        status: 'delivered',
        added: 100,
        batches: 4,
      });
      const signal = new AbortController().signal;
      const network = { allowedAddresses: ['127.0.0.1/32'] };
      await testDestination(s3, { settings, credentials, network, clock, random: Math.random, signal });
      const stored = await readFile(
        join(directory, SANDBOX_BUCKET, 'osec/spring/dlv_1.manifest.json._S3rver_object'),
        'utf8',
      );
      expect(JSON.parse(stored)).toMatchObject({ added: 100, removed: 0, compression: 'gzip' });
    } finally {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    }
  });
});

interface ForeignStore {
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/** It ships no types. */
async function s3rver(): Promise<new (options: Record<string, unknown>) => ForeignStore> {
  const name: string = 's3rver';
  return ((await import(name)) as { default: new (options: Record<string, unknown>) => ForeignStore }).default;
}
