// Xandr's client beyond the conformance suite: what the platform documents and other clients get wrong.
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import { deliverOptions, deliverToEnd, type Exchange, FakeClock, ProgressStore } from '../kit/conformance-world.ts';
import { deliver } from '../kit/deliver.ts';
import { DeliveryPostponed } from '../kit/errors.ts';
import { xandr } from './destination.ts';
import { startXandrSandbox, type XandrSandbox, type XandrSandboxOptions } from './sandbox.ts';

let sandbox: XandrSandbox;
afterEach(() => sandbox.close());

const idAt = (index: number): string => String(9_000_000_000_000_000_000n + BigInt(index));
const add = (from: number, to: number): ActivationChange[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: idAt(from + index), change: 'add' }));

async function begin(
  options: XandrSandboxOptions = {},
  settings: Record<string, unknown> = {},
  credentials: Record<string, unknown> = {},
): Promise<Exchange> {
  const clock = new FakeClock();
  sandbox = await startXandrSandbox({ clock, ...options });
  return {
    clock,
    subject: {
      destination: xandr,
      idAt,
      invalidIds: [],
      invalidSettings: [],
      start: () => Promise.reject(new Error('unused')),
    },
    world: {
      settings: { api_url: sandbox.url, member_id: 456, segment_id: 10000, ...settings },
      credentials: { username: 'sandbox', password: 'sandbox', ...credentials },
      faults: { permanent: () => undefined },
      members: async () => sandbox.members(10000),
      traffic: async () => sandbox.requests.length,
      close: () => sandbox.close(),
    },
  };
}
const send = (exchange: Exchange, changes: readonly ActivationChange[], id = 'dlv_1') =>
  deliverToEnd(exchange, new ProgressStore(id, exchange.clock), changes);
const seen = (operation: string) => sandbox.requests.filter((request) => request.operation === operation);

describe('an upload', () => {
  it('is a gzip stream sent as octets with the bare token, to the address the platform gave', async () => {
    const exchange = await begin();
    await send(exchange, [
      { id: '2', change: 'remove' },
      { id: '10', change: 'add' },
    ]);
    const [upload] = seen('upload');
    expect(upload?.headers['content-type']).toBe('application/octet-stream');
    expect(upload?.headers.authorization).toMatch(/^hbapi:/);
    expect(gunzipSync(upload!.body).toString('latin1')).toBe('2;10000:-1:0\n10;10000:0:0\n');
    expect(seen('open')[0]?.body).toHaveLength(0);
  });

  it('is plain when packing is off, with a code in Latin-1 and removals after separator 4', async () => {
    const layout = { separators: [';', ',', ':', '\t', '^'], fields: ['SEG_CODE', 'EXPIRATION'] } as const;
    const exchange = await begin(
      { layout },
      {
        segment_id: undefined,
        segment_code: 'imperméables',
        segment_fields: [...layout.fields],
        removal: 'separator_4',
        gzip: false,
        expiration_minutes: 1440,
      },
    );
    await send(exchange, [
      { id: '1', change: 'add' },
      { id: '2', change: 'add' },
    ]);
    await exchange.clock.sleep(60_000);
    const report = await send(exchange, [{ id: '2', change: 'remove' }], 'dlv_2');
    expect(report).toMatchObject({ status: 'delivered', removed: 1 });
    expect(seen('upload').map(({ body }) => body.toString('latin1'))).toEqual([
      '1;imperméables:1440\n2;imperméables:1440\n',
      '2;\timperméables:1440\n',
    ]);
    expect(sandbox.members('imperméables')).toEqual(['1']);
  });

  it('names the domain of device ids', async () => {
    const exchange = await begin({}, { id_type: 'mobile-advertising-id', device_domain: 'idfa', gzip: false });
    const device = 'AEBE52E7-03EE-455A-B3C4-E57283966239';
    const zero = '00000000-0000-0000-0000-000000000000';
    const report = await send(exchange, [
      { id: device, change: 'add' },
      { id: zero, change: 'add' },
      { id: '123', change: 'add' },
    ]);
    expect(report).toMatchObject({ added: 1, invalid: { id_invalid: 2 } });
    expect(seen('upload')[0]?.body.toString('latin1')).toBe(`${device};10000:0:0^3\n`);
  });

  it('goes out once a minute at most', async () => {
    const exchange = await begin({}, { max_file_bytes: 1_000 });
    await send(exchange, add(0, 100));
    expect(seen('upload').length).toBeGreaterThan(2);
    expect(exchange.clock.sleptMs.filter((ms) => ms > 50_000).length).toBe(seen('upload').length - 1);
  });

  it('is never sent to a host the platform does not own', async () => {
    const exchange = await begin();
    const job = { job_id: 'x', upload_url: 'https://data.attacker.example/upload' };
    const body = JSON.stringify({ response: { status: 'OK', batch_segment_upload_job: job } });
    sandbox.inject({ operation: 'open', kind: 'answer', answer: { status: 200, body } });
    expect(await send(exchange, add(0, 3))).toMatchObject({ status: 'failed', failure: { code: 'host_refused' } });
    expect(seen('upload')).toEqual([]);
  });

  it('that is too large for the member is not repeated', async () => {
    const exchange = await begin({ maxFileBytes: 100 });
    const report = await send(exchange, add(0, 30));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'rejected' } });
    expect(seen('upload')).toHaveLength(1);
  });
});

describe('a job', () => {
  it('is read alike from an object and from an array of one', async () => {
    const exchange = await begin({ jobAsArray: true });
    expect(await send(exchange, add(0, 5))).toMatchObject({ status: 'delivered', phase: 'completed' });
  });

  it('that ends in an error makes the delivery fail, or partly fail beside others', async () => {
    const exchange = await begin({}, { max_file_bytes: 1_000 });
    sandbox.fail({ kind: 'job-error' });
    const report = await send(exchange, add(0, 100));
    expect(report).toMatchObject({
      status: 'partially_delivered',
      batchesFailed: 1,
      failure: { code: 'job_failed', message: expect.stringContaining('uploading-error') },
    });
    expect(report.added).toBe(sandbox.members(10000).length);
    expect(report.platformJobs).toHaveLength(report.batches + 1);
  });

  it('gives every counter of rows it did not take, under its own name', async () => {
    const exchange = await begin({ segments: ['999'] });
    const report = await send(exchange, add(0, 4));
    expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { num_invalid_segment: 4 } });
  });

  it('that never ends is given up after a day', async () => {
    const exchange = await begin();
    const job = { job_id: 'x', phase: 'processing' };
    const body = JSON.stringify({ response: { status: 'OK', batch_segment_upload_job: job } });
    sandbox.inject({ operation: 'poll', kind: 'answer', times: 100_000, answer: { status: 200, body } });
    expect(await send(exchange, add(0, 4))).toMatchObject({ status: 'failed', failure: { code: 'job_overdue' } });
    const waitedMs = exchange.clock.sleptMs.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(86_000_000);
  });
});

describe('authentication', () => {
  it('with false credentials is tried once, and no word of them is in the report', async () => {
    const exchange = await begin({}, {}, { password: 'canary-4711' });
    const report = await send(exchange, add(0, 4));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
    expect(seen('auth')).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain('canary');
  });

  it('is asked for once a delivery, not once a request', async () => {
    const exchange = await begin({}, { max_file_bytes: 1_000 });
    await send(exchange, add(0, 100));
    expect(seen('auth')).toHaveLength(1);
    expect(sandbox.requests.length).toBeGreaterThan(10);
  });

  it('is renewed after two hours of silence', async () => {
    const exchange = await begin();
    sandbox.fail({ kind: 'throttle', operation: 'poll' });
    const sleep = exchange.clock.sleep.bind(exchange.clock);
    let once = true;
    exchange.clock.sleep = async (ms, signal) => {
      await sleep(once ? 7_300_000 : ms, signal);
      once = false;
    };
    expect(await send(exchange, add(0, 4))).toMatchObject({ status: 'delivered' });
    expect(seen('auth')).toHaveLength(2);
  });

  it('does not go on for ever when every new token is refused', async () => {
    const exchange = await begin();
    const body = JSON.stringify({ response: { error_id: 'NOAUTH', error: 'no' } });
    sandbox.inject({ operation: 'open', kind: 'answer', times: 100, answer: { status: 200, body } });
    expect(await send(exchange, add(0, 4))).toMatchObject({ status: 'failed', failure: { code: 'authentication' } });
    expect(seen('auth').length).toBeLessThanOrEqual(2);
  });
});

describe('a delivery', () => {
  it('is given up after two days of quota errors, hour by hour', async () => {
    const exchange = await begin();
    sandbox.fail({ kind: 'quota' });
    for (let hour = 0; hour < 60; hour++) sandbox.fail({ kind: 'quota' });
    const store = new ProgressStore('dlv_1', exchange.clock);
    for (let hour = 0; hour < 48; hour++) {
      const stopped = await deliver(xandr, deliverOptions(exchange, store, add(0, 3))).catch((error: unknown) => error);
      expect(stopped).toBeInstanceOf(DeliveryPostponed);
      await exchange.clock.sleep((stopped as DeliveryPostponed).retryAfterMs);
    }
    const report = await deliver(xandr, deliverOptions(exchange, store, add(0, 3)));
    expect(report).toMatchObject({ status: 'failed', failure: { code: 'quota_exceeded' } });
  });

  it('looks again after a day, however long it is told to wait', async () => {
    const exchange = await begin();
    sandbox.inject({
      operation: 'open',
      kind: 'answer',
      answer: { status: 429, headers: { 'retry-after': '999999999' } },
    });
    const options = deliverOptions(exchange, new ProgressStore('dlv_1', exchange.clock), add(0, 3));
    await expect(deliver(xandr, options)).rejects.toMatchObject({ retryAfterMs: 86_400_000 });
  });

  it('keeps no credential, token or id in its progress', async () => {
    const exchange = await begin({}, {});
    const stored: string[] = [];
    const store = new ProgressStore('dlv_1', exchange.clock);
    const options = deliverOptions(exchange, store, add(0, 50));
    await deliver(xandr, { ...options, save: async (progress) => void stored.push(JSON.stringify(progress)) });
    expect(stored.length).toBeGreaterThan(3);
    for (const text of stored) expect(text).not.toMatch(/sandbox"|hbapi:|90000000000000000/);
  });

  it('shows what the sandbox received, over HTTP', async () => {
    const exchange = await begin();
    await send(exchange, add(0, 3));
    const received = (await (await fetch(`${sandbox.url}/sandbox/received`)).json()) as {
      segments: Record<string, string[]>;
    };
    expect(received.segments['10000']).toEqual([idAt(0), idAt(1), idAt(2)]);
  });
});
