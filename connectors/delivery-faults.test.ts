// 480 deliveries (and 60 more over SFTP, beside it) through a network that resets, stalls, answers twice or 5xx, each killed at some instant now and then: at the end of
// each the recording sandbox has each person once, in the state that was delivered last. The seed is told, and plays the same again.
import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { googleDataManager } from './google-data-manager/destination.ts';
import { startDataManagerSandbox } from './google-data-manager/sandbox.ts';
import {
  type ConformanceSubject,
  type ConformanceWorld,
  deliverToEnd,
  FakeClock,
  ProgressStore,
} from './kit/conformance-world.ts';
import { meta } from './meta/destination.ts';
import { startMetaSandbox } from './meta/sandbox.ts';
import { s3 } from './s3/destination.ts';
import { SANDBOX_BUCKET, SANDBOX_KEYS, startS3Sandbox } from './s3/sandbox.ts';
import { type FaultProxy, PROXY_FAULTS, seeded, startFaultProxy } from './testing/fault-proxy.ts';
import { nextChanges } from './testing/next-changes.ts';
import { webhook } from './webhook/destination.ts';
import { SANDBOX_SIGNING_KEY, startWebhookSandbox } from './webhook/sandbox.ts';
import { xandr } from './xandr/destination.ts';
import { startXandrSandbox } from './xandr/sandbox.ts';

const SEED = Number(process.env.FAULT_SEED ?? 20_260_601);
const DELIVERIES = 96;
const PERSONS = 70;
const SHARE = 0.22;

type Shape = Pick<ConformanceSubject, 'destination' | 'idAt'> & {
  start(clock: FakeClock): Promise<{
    origin: string;
    settings(proxied: string): Record<string, unknown>;
    credentials: Record<string, unknown>;
    members(): string[] | Promise<string[]>;
    close(): Promise<void>;
  }>;
};

const digestOf = (index: number) => createHash('sha256').update(`person ${index}`).digest('hex');

const SHAPES: Readonly<Record<string, Shape>> = {
  webhook: {
    destination: webhook,
    idAt: (index) => `customer-${String(index).padStart(6, '0')}`,
    start: async (clock) => {
      const sandbox = await startWebhookSandbox({ clock });
      return {
        origin: sandbox.url,
        settings: (url) => ({ url: `${url}/hook`, id_type: 'customer', max_body_bytes: 1_000 }),
        credentials: { signing_key: SANDBOX_SIGNING_KEY },
        members: () => sandbox.members(),
        close: () => sandbox.close(),
      };
    },
  },
  xandr: {
    destination: xandr,
    idAt: (index) => String(10_000_000_000_000_000_000n + BigInt(index)),
    start: async (clock) => {
      const sandbox = await startXandrSandbox({ clock, segments: ['10000'] });
      return {
        origin: sandbox.url,
        settings: (url) => ({ api_url: url, member_id: 456, segment_id: 10000, max_file_bytes: 1_000 }),
        credentials: { username: 'sandbox', password: 'sandbox' },
        members: () => sandbox.members(10000),
        close: () => sandbox.close(),
      };
    },
  },
  meta: {
    destination: meta,
    idAt: digestOf,
    start: async () => {
      const sandbox = await startMetaSandbox({ audiences: ['4711'] });
      return {
        origin: sandbox.url,
        settings: (url) => ({ api_url: url, audience_id: '4711', data_type: 'email', max_rows_per_call: 30 }),
        credentials: { access_token: 'sandbox' },
        members: () => sandbox.platform.members('4711'),
        close: () => sandbox.close(),
      };
    },
  },
  'google-data-manager': {
    destination: googleDataManager,
    idAt: digestOf,
    start: async (clock) => {
      const sandbox = await startDataManagerSandbox({ clock, processingMs: 3_000, audiences: ['777'] });
      const account = { account_type: 'GOOGLE_ADS', account_id: '1234567890', audience_id: '777', data_type: 'email' };
      return {
        origin: sandbox.url,
        settings: (url) => ({
          ...account,
          ...{ api_url: url, token_url: sandbox.tokenUrl.replace(sandbox.url, url), max_members_per_request: 30 },
        }),
        credentials: { client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' },
        members: () => sandbox.platform.members('777'),
        close: () => sandbox.close(),
      };
    },
  },
  s3: {
    destination: s3,
    idAt: (index) => `id "${index}", ünï`,
    start: async () => {
      const sandbox = await startS3Sandbox({ encryptionRequired: true });
      const place = { region: 'eu-west-3', bucket: SANDBOX_BUCKET, prefix: 'osec/spring', addressing: 'path' };
      const form = { format: 'csv', id_type: 'customer', gzip: false, formula_ids: 'refuse', max_rows_per_file: 30 };
      return {
        origin: sandbox.url,
        settings: (url) => ({ ...place, ...form, endpoint_url: url }),
        credentials: SANDBOX_KEYS,
        members: () => sandbox.members('osec/spring'),
        close: () => sandbox.close(),
      };
    },
  },
};

const totals = { deliveries: 0, kills: 0 };
const played = new Map<string, number>();

test.each(Object.entries(SHAPES))(
  '%s',
  async (name, shape) => {
    const random = seeded(SEED + name.length * 7919);
    const clock = new FakeClock();
    const platform = await shape.start(clock);
    const proxy: FaultProxy = await startFaultProxy({ target: platform.origin, random, share: SHARE, stallMs: 400 });
    const world: ConformanceWorld = {
      settings: platform.settings(proxy.url),
      credentials: platform.credentials,
      network: { maxRequestMs: 150 },
      faults: { permanent: () => undefined },
      members: async () => platform.members(),
      traffic: async () => 0,
      close: () => platform.close(),
    };
    const subject = { ...shape, invalidIds: [], invalidSettings: [], start: async () => world };
    const held = new Set<string>();
    try {
      for (let nth = 1; nth <= DELIVERIES; nth++) {
        const store = new ProgressStore(`dlv_${name}_${nth}`, clock);
        const changes = nextChanges({ persons: PERSONS, idAt: shape.idAt }, held, random);
        if (random() < 0.5) {
          store.killAt = { save: 1 + Math.floor(random() * 6), when: random() < 0.5 ? 'before' : 'after' };
          totals.kills++;
        }
        const report = await deliverToEnd({ subject, world, clock }, store, changes);
        const told = `seed ${SEED}, delivery ${nth}: ${JSON.stringify(report.failure ?? {})}`;
        expect(report.status, told).toBe('delivered');
        const members = await platform.members();
        expect([...members].sort(), told).toEqual([...held].sort());
        totals.deliveries++;
        await clock.sleep(600_000);
      }
    } finally {
      for (const fault of PROXY_FAULTS) played.set(fault, (played.get(fault) ?? 0) + proxy.played[fault]);
      await proxy.close();
      await platform.close();
    }
  },
  120_000,
);

afterAll(() => {
  // Every fault was played, and often: a proxy that does nothing would let everything pass.
  expect(totals.deliveries).toBe(DELIVERIES * Object.keys(SHAPES).length);
  for (const fault of PROXY_FAULTS) expect(played.get(fault), fault).toBeGreaterThan(50);
  expect(totals.kills).toBeGreaterThan(150);
});
