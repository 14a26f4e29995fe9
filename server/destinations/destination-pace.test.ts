// The pace of an account holds over all workers: two of them, each with its own connection to the database, deliver at once, and the
// platform counts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { ActivationChange } from '../../connectors/kit/activation-change.ts';
import { FakeClock } from '../../connectors/kit/conformance-world.ts';
import { deliver } from '../../connectors/kit/deliver.ts';
import { type Pace, Pacer } from '../../connectors/kit/pacer.ts';
import { startProgress } from '../../connectors/kit/progress.ts';
import { xandr } from '../../connectors/xandr/destination.ts';
import { MIN_UPLOAD_INTERVAL_MS } from '../../connectors/xandr/limits.ts';
import { startXandrSandbox } from '../../connectors/xandr/sandbox.ts';
import { release, unreleased } from '../../policies/release.ts';
import { sampleRecordedAllow } from '../../policies/testing/sample-decisions.ts';
import { systemClock } from '../clock.ts';
import { closeDatabase, type Database, openDatabase } from '../database/database.ts';
import { migrateUp } from '../database/migrate.ts';
import { MovableClock } from '../testing/movable-clock.ts';
import { turnsOfWorkers } from '../testing/turns-of-workers.ts';
import { accountOf, DestinationPace } from './destination-pace.ts';
import { PACE_LEASE_MS } from './limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'ecluse-pace-'));
const open = (): Database => openDatabase({ dialect: 'sqlite', file: join(folder, 'ecluse.db') });
const [one, two] = [open(), open()];
const tenantId = 'ten_00000000000000000000000001';
const account = accountOf(xandr, { id: 'dst_1', kind: 'xandr', settings: { member_id: 456 } });

beforeEach(async () => {
  await migrateUp(one);
  await one.knex('destination_paces').delete();
});
afterAll(async () => {
  await Promise.all([closeDatabase(one), closeDatabase(two)]);
  rmSync(folder, { recursive: true, force: true });
});

const paceOf = (db: Database, process: string, more: Partial<ConstructorParameters<typeof DestinationPace>[0]> = {}) =>
  new DestinationPace({ db, clock: systemClock, tenantId, account, isAlone: false, process, ...more });

async function uploadGaps(paces: readonly Pace[]): Promise<number[]> {
  const clock = new FakeClock();
  const sandbox = await startXandrSandbox({ clock, segments: ['10000', '10001'] });
  const allowed = sampleRecordedAllow();
  async function* additions(nth: number): AsyncGenerator<ActivationChange[]> {
    const idAt = (index: number) => String(10_000_000_000_000_000_000n + BigInt(nth * 1_000 + index));
    yield Array.from({ length: 100 }, (_, index) => ({ id: idAt(index), change: 'add' }));
  }
  const deliveries = paces.map(async (pacer, nth) => {
    const report = await deliver(xandr, {
      // Two segments of one member: the platform counts the member.
      settings: { api_url: sandbox.url, member_id: 456, segment_id: 10_000 + (nth % 2), max_file_bytes: 1_000 },
      credentials: { username: 'sandbox', password: 'sandbox' },
      changes: release(unreleased(additions(nth)), allowed),
      progress: startProgress({ deliveryId: `dlv_${nth}`, startedAtMs: clock.now() }),
      network: { allowedAddresses: ['127.0.0.1/32'] },
      ...{ clock, random: () => 0.5, signal: new AbortController().signal, pacer, save: async () => undefined },
    });
    expect(report.status, JSON.stringify(report.failure ?? report.rejectedByPlatform)).toBe('delivered');
  });
  try {
    await Promise.all(deliveries);
    const instants = sandbox.requests.filter(({ operation }) => operation === 'upload').map(({ atMs }) => atMs);
    expect(instants.length).toBeGreaterThanOrEqual(8);
    return instants.slice(1).map((at, place) => at - instants[place]!);
  } finally {
    await sandbox.close();
  }
}

describe('two workers that deliver at once to one account', () => {
  test('are never closer than the platform allows', async () => {
    const gaps = await uploadGaps([paceOf(one, 'worker one'), paceOf(two, 'worker two')]);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MIN_UPLOAD_INTERVAL_MS);
  }, 60_000);

  test('would be, were each to keep its own pace alone', async () => {
    const gaps = await uploadGaps([new Pacer(), new Pacer()]).catch(() => [0]);
    expect(Math.min(...gaps)).toBeLessThan(MIN_UPLOAD_INTERVAL_MS);
  }, 60_000);
});

test('a turn is one worker’s at a time', () => turnsOfWorkers(one), 30_000);

test('a destination is of the account that its platform counts, or on its own', () => {
  const settings = { api_url: 'https://api.appnexus.com', member_id: 1, segment_id: 2 };
  const of = (more: object, id = 'dst_1') =>
    accountOf(xandr, { id, kind: 'xandr', settings: { ...settings, ...more } });
  expect(of({ segment_id: 3 }, 'dst_2')).toBe(of({}));
  expect(of({ member_id: 4 })).not.toBe(of({}));
  expect(accountOf({}, { id: 'dst_1', kind: 'webhook', settings })).not.toBe(
    accountOf({}, { id: 'dst_2', kind: 'webhook', settings }),
  );
});

describe('a worker that dies with the turn', () => {
  const signal = new AbortController().signal;

  /** What it leaves behind, and how long the next one waits by the clock of the delivery. */
  async function afterDeath({
    clock,
    delivery,
    isAlone,
  }: {
    clock: MovableClock;
    delivery: FakeClock;
    isAlone: boolean;
  }) {
    const startedMs = delivery.now();
    await one.knex('destination_paces').insert({
      ...{ tenant_id: tenantId, account, held_by: 'died', wanted_by: null },
      held_until: new Date(clock.now().getTime() + PACE_LEASE_MS).toISOString(),
      wanted_until: clock.now().toISOString(),
      free_from: new Date(startedMs + 60_000).toISOString(),
    });
    const next = paceOf(two, 'next', { clock, isAlone });
    const turn = { minIntervalMs: 60_000, clock: delivery, signal };
    return { taken: next.inTurn(turn, async () => delivery.now() - startedMs), startedMs };
  }

  test('holds the others up for a lease, and the interval is kept all the same', async () => {
    const clock = new MovableClock('2026-06-01T08:00:00.000Z');
    const delivery = new FakeClock();
    const { taken, startedMs } = await afterDeath({ clock, delivery, isAlone: false });
    let isTaken = false;
    void taken.then(() => {
      isTaken = true;
    });
    // However long they wait by the clock of the delivery: the lease has not run out.
    while (delivery.now() - startedMs < 300_000) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(isTaken).toBe(false);
    clock.moveTo('2026-06-01T08:00:31.000Z');
    expect(await taken).toBeGreaterThanOrEqual(60_000);
  }, 30_000);

  test('is known to be dead where there is one worker alone', async () => {
    const clock = new MovableClock('2026-06-01T08:00:00.000Z');
    const { taken } = await afterDeath({ clock, delivery: new FakeClock(), isAlone: true });
    expect(await taken).toBeGreaterThanOrEqual(60_000);
  }, 30_000);
});

test('a worker that waits comes next, also where the platform asks for no interval', async () => {
  const clock = {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  };
  const turn = { minIntervalMs: 0, clock, signal: new AbortController().signal };
  const order: string[] = [];
  const isWanted = async () => (await one.knex('destination_paces').first())?.wanted_by === 'two';
  const [first, second] = [paceOf(one, 'one'), paceOf(two, 'two')];
  const batch = (pace: DestinationPace, name: string, until: () => Promise<boolean>) =>
    pace.inTurn(turn, async () => {
      order.push(name);
      while (!(await until())) await clock.sleep(5);
    });
  let waiting: Promise<void> | undefined;
  await batch(first, 'one', async () => {
    waiting ??= batch(second, 'two', async () => true);
    return isWanted();
  });
  await batch(first, 'one', async () => true);
  await waiting;
  expect(order).toEqual(['one', 'two', 'one']);
}, 30_000);
