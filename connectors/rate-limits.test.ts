// Rate limits, counted at the platform: whatever is retried, resumed or delivered at once, two uploads are never closer than the
// destination declares.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { googleDataManager } from './google-data-manager/destination.ts';
import { MIN_INTERVAL_MS } from './google-data-manager/limits.ts';
import { startDataManagerSandbox } from './google-data-manager/sandbox.ts';
import type { ActivationChange } from './kit/activation-change.ts';
import { type ConformanceSubject, deliverOptions, FakeClock, Killed, ProgressStore } from './kit/conformance-world.ts';
import { deliver } from './kit/deliver.ts';
import { Pacer } from './kit/pacer.ts';
import type { SandboxRequest, SandboxServer } from './kit/sandbox-server.ts';
import { xandr } from './xandr/destination.ts';
import { MIN_UPLOAD_INTERVAL_MS } from './xandr/limits.ts';
import { startXandrSandbox } from './xandr/sandbox.ts';

type Counting = Pick<SandboxServer, 'requests' | 'inject' | 'close'>;
type Subject = Pick<ConformanceSubject, 'destination' | 'idAt'> & {
  operation: string;
  minIntervalMs: number;
  start(clock: FakeClock): Promise<{ sandbox: Counting; settings: object; credentials: object }>;
};

const SUBJECTS: Readonly<Record<string, Subject>> = {
  xandr: {
    destination: xandr,
    idAt: (index) => String(10_000_000_000_000_000_000n + BigInt(index)),
    operation: 'upload',
    minIntervalMs: MIN_UPLOAD_INTERVAL_MS,
    start: async (clock) => {
      const sandbox = await startXandrSandbox({ clock, segments: ['10000'] });
      const settings = { api_url: sandbox.url, member_id: 456, segment_id: 10000, max_file_bytes: 1_000 };
      return { sandbox, settings, credentials: { username: 'sandbox', password: 'sandbox' } };
    },
  },
  'google-data-manager': {
    destination: googleDataManager,
    idAt: (index) => createHash('sha256').update(`person ${index}`).digest('hex'),
    operation: 'ingest',
    minIntervalMs: MIN_INTERVAL_MS,
    start: async (clock) => {
      const sandbox = await startDataManagerSandbox({ clock, processingMs: 3_000, audiences: ['777'] });
      const account = { account_type: 'GOOGLE_ADS', account_id: '1234567890', audience_id: '777', data_type: 'email' };
      const settings = { ...account, api_url: sandbox.url, token_url: sandbox.tokenUrl, max_members_per_request: 30 };
      const credentials = { client_id: 'sandbox', client_secret: 'sandbox', refresh_token: 'sandbox' };
      return { sandbox, settings, credentials };
    },
  },
};

const gaps = (requests: readonly SandboxRequest[], operation: string): number[] => {
  const instants = requests.filter((one) => one.operation === operation).map(({ atMs }) => atMs);
  return instants.slice(1).map((at, place) => at - (instants[place] ?? 0));
};

async function deliverAll(subject: Subject, { pacer, isFaulty }: { pacer: Pacer | undefined; isFaulty: boolean }) {
  const clock = new FakeClock();
  const { sandbox, settings, credentials } = await subject.start(clock);
  const { operation } = subject;
  if (isFaulty) {
    sandbox.inject({ operation, kind: 'answer', answer: { status: 502 } });
    sandbox.inject({ operation, kind: 'reset-after', skip: 3 });
  }
  const world = {
    ...{ settings: { ...settings }, credentials: { ...credentials }, faults: { permanent: () => undefined } },
    ...{ members: async () => [], traffic: async () => 0, close: async () => undefined },
  };
  const one = async (nth: number) => {
    const changes = Array.from(
      { length: 100 },
      (_, n): ActivationChange => ({ id: subject.idAt(nth * 1_000 + n), change: 'add' }),
    );
    const store = new ProgressStore(`dlv_${nth}`, clock);
    store.killAt = { save: 4, when: 'after' };
    const exchange = {
      subject: { ...subject, invalidIds: [], invalidSettings: [], start: async () => world },
      world,
      clock,
    };
    for (;;) {
      try {
        const options = { ...deliverOptions(exchange, store, changes), ...(pacer === undefined ? {} : { pacer }) };
        const report = await deliver(subject.destination, options);
        return expect(report.status, JSON.stringify(report.failure ?? report.rejectedByPlatform)).toBe('delivered');
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
  };
  await Promise.all([one(1), one(2), one(3)]);
  await one(4);
  await sandbox.close();
  return gaps(sandbox.requests, operation);
}

test.each(Object.entries(SUBJECTS))(
  '%s',
  async (_, subject) => {
    for (const isFaulty of [false, true]) {
      const found = await deliverAll(subject, { pacer: new Pacer(), isFaulty });
      expect(found.length).toBeGreaterThan(10);
      expect(Math.min(...found)).toBeGreaterThanOrEqual(subject.minIntervalMs);
    }
    // Without the pace of the destination, deliveries beside each other come too close, or break each other's uploads.
    const apart = await deliverAll(subject, { pacer: undefined, isFaulty: false }).catch(() => [0]);
    expect(Math.min(...apart)).toBeLessThan(subject.minIntervalMs);
  },
  60_000,
);
