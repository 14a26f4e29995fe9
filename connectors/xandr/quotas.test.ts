// The platform's quotas, counted at the sandbox as the platform counts them: a file is refused in its own words, and the client
// comes back in an hour, with nobody lost and nobody told twice.
import { afterEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from '../kit/activation-change.ts';
import {
  type ConformanceWorld,
  deliverOptions,
  type Exchange,
  FakeClock,
  ProgressStore,
} from '../kit/conformance-world.ts';
import { deliver } from '../kit/deliver.ts';
import { DeliveryPostponed } from '../kit/errors.ts';
import { xandr } from './destination.ts';
import { startXandrSandbox, type XandrSandbox, type XandrSandboxOptions } from './sandbox.ts';
import { QuotaAccount } from './sandbox-quotas.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
let sandbox: XandrSandbox;
let clock: FakeClock;
afterEach(() => sandbox.close());

async function begin(options: XandrSandboxOptions): Promise<void> {
  clock = new FakeClock();
  sandbox = await startXandrSandbox({ clock, ...options });
}

async function post(path: string, body: string, token?: string) {
  const headers = {
    'content-type': 'application/octet-stream',
    ...(token === undefined ? {} : { authorization: token }),
  };
  const answer = await fetch(new URL(path, sandbox.url), { method: 'POST', headers, body });
  const { response } = (await answer.json()) as { response: Record<string, unknown> };
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), response };
}

/** As any client of the platform would, with none of ours between. */
async function upload(lines: number, memberId = 456) {
  const auth = await post('/auth', JSON.stringify({ auth: { username: 'sandbox', password: 'sandbox' } }));
  const token = String(auth.response.token);
  const opened = await post(`/batch-segment?member_id=${memberId}`, '', token);
  const { upload_url } = opened.response.batch_segment_upload_job as { upload_url: string };
  const file = Array.from({ length: lines }, (_, index) => `${1000 + index};10000:0:0\n`).join('');
  return post(upload_url, file, token);
}

const REFUSED = (error: string) => ({
  status: 200,
  response: { status: 'ERROR', error_code: 'RATE_LIMIT_EXCEEDED', errors: [error] },
});

describe('the sandbox', () => {
  it.each([
    [{ hourlyLines: 30 }, 'Member exceeds maximum number of lines per hour', HOUR_MS],
    [{ dailyLines: 30 }, 'Member exceeds maximum number of lines per day', 24 * HOUR_MS],
    [{ hourlyBytes: 500 }, 'Member exceeds maximum allowed bytes per hour', HOUR_MS],
    [{ dailyBytes: 500 }, 'Member exceeds maximum allowed bytes per day', 24 * HOUR_MS],
  ])('of a member with %j refuses what is above: "%s"', async (quotas, error, windowMs) => {
    await begin({ quotas });
    expect(await upload(20)).toMatchObject({ status: 200, response: { status: 'OK' } });
    await clock.sleep(MINUTE_MS);
    expect(await upload(20)).toMatchObject(REFUSED(error));
    // Another member has quotas of its own, and what was refused is not counted.
    expect(await upload(20, 457)).toMatchObject({ response: { status: 'OK' } });
    expect(await upload(5)).toMatchObject({ response: { status: 'OK' } });
    await clock.sleep(windowMs - MINUTE_MS);
    expect(await upload(20)).toMatchObject({ response: { status: 'OK' } });
  });

  it('takes one upload a minute of a member, and says when the next may come', async () => {
    await begin({});
    await upload(1);
    await clock.sleep(20_000);
    expect(await upload(1)).toMatchObject({
      status: 429,
      retryAfter: '40',
      response: { error_id: 'SYSTEM', error_code: 'RATE_EXCEEDED', error_description: 'rate limit has been exceeded' },
    });
    await clock.sleep(40_000);
    expect(await upload(1)).toMatchObject({ response: { status: 'OK' } });
  });

  it('takes 10 GB a day of a member that agreed on nothing else', async () => {
    await begin({});
    const quotas = new QuotaAccount();
    expect(quotas.charge(1, { atMs: 0, bytes: 10_000_000_000, lines: 1 })).toBeUndefined();
    expect(quotas.charge(1, { atMs: 1, bytes: 1, lines: 1 })).toBe('Member exceeds maximum allowed bytes per day');
  });
});

/** As the job runner does: again when the time that was asked for is over. */
async function deliverHourByHour(exchange: Exchange, changes: readonly ActivationChange[]) {
  const store = new ProgressStore('dlv_1', clock);
  for (;;) {
    try {
      return await deliver(xandr, deliverOptions(exchange, store, changes));
    } catch (error) {
      if (!(error instanceof DeliveryPostponed)) throw error;
      await clock.sleep(error.retryAfterMs);
    }
  }
}

describe('a delivery', () => {
  it.each([
    ['lines an hour', { hourlyLines: 60 }],
    ['lines a day', { dailyLines: 100 }],
    ['bytes an hour', { hourlyBytes: 1_500 }],
  ])('above the quota of %s comes back in an hour until all are in', async (_, quotas) => {
    await begin({ quotas, minUploadIntervalMs: MINUTE_MS });
    const changes = Array.from(
      { length: 150 },
      (_, n) => ({ id: String(10n ** 18n + BigInt(n)), change: 'add' }) as const,
    );
    const world = {
      settings: { api_url: sandbox.url, member_id: 456, segment_id: 10000, max_file_bytes: 1_000, gzip: false },
      credentials: { username: 'sandbox', password: 'sandbox' },
    } as unknown as ConformanceWorld;
    const exchange = { clock, world, subject: { destination: xandr } as never };
    const report = await deliverHourByHour(exchange, changes);
    expect(report).toMatchObject({ status: 'delivered', added: 150, batchesFailed: 0 });
    expect(sandbox.members(10000)).toEqual(changes.map(({ id }) => id).sort());
    const taken = sandbox.platform.files.flatMap((text) => text.trimEnd().split('\n'));
    expect(taken).toHaveLength(150);
    // Each refusal cost an hour of silence, and nothing was asked in between.
    const uploads = sandbox.requests.filter(({ operation }) => operation === 'upload');
    const refusals = uploads.length - sandbox.platform.files.length;
    expect(refusals).toBeGreaterThan(0);
    expect(clock.sleptMs.filter((ms) => ms >= HOUR_MS)).toHaveLength(refusals);
    const gaps = uploads.slice(1).map(({ atMs }, at) => atMs - uploads[at]!.atMs);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE_MS);
  });
});
