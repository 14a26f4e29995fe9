// The one suite that every destination passes. A new destination gives a ConformanceSubject and nothing else.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActivationChange } from './activation-change.ts';
import {
  type ConformanceSubject,
  deliverOptions,
  deliverToEnd,
  type Exchange,
  FakeClock,
  inBatches,
  Killed,
  ProgressStore,
} from './conformance-world.ts';
import { validateSettings } from './define-destination.ts';
import { deliver, testDestination } from './deliver.ts';
import { DeliveryPostponed } from './errors.ts';
import type { DeliveryProgress } from './progress.ts';
import { SettingsError } from './settings.ts';

export function describeConformance(subject: ConformanceSubject): void {
  const { destination } = subject;
  const change = (kind: 'add' | 'remove', from: number, to: number): ActivationChange[] =>
    Array.from({ length: to - from }, (_, index) => ({ id: subject.idAt(from + index), change: kind }));
  const ids = (from: number, to: number): string[] =>
    change('add', from, to)
      .map(({ id }) => id)
      .sort();
  let exchange: Exchange;
  const newStore = (id = 'dlv_1'): ProgressStore => new ProgressStore(id, exchange.clock);
  const send = (changes: readonly ActivationChange[], id?: string) => deliverToEnd(exchange, newStore(id), changes);

  beforeEach(async () => {
    const clock = new FakeClock();
    exchange = { subject, clock, world: await subject.start(clock) };
  });
  afterEach(() => exchange.world.close());

  describe(`${destination.kind} delivers`, () => {
    it('a full audience in several batches, each person once', async () => {
      const report = await send(change('add', 0, 100));
      expect(report).toMatchObject({
        status: 'delivered',
        phase: 'completed',
        added: 100,
        removed: 0,
        batchesFailed: 0,
      });
      if (!destination.takesWholeAlone) expect(report.batches).toBeGreaterThan(1);
      expect(await exchange.world.members()).toEqual(ids(0, 100));
    });

    it.skipIf(destination.takesWholeAlone)('a delta of adds and removals on top of an earlier delivery', async () => {
      await send(change('add', 0, 60), 'dlv_1');
      const report = await send([...change('remove', 0, 20), ...change('add', 60, 80)], 'dlv_2');
      expect(report).toMatchObject({ status: 'delivered', added: 20, removed: 20 });
      expect(await exchange.world.members()).toEqual(ids(20, 80));
    });

    it.skipIf(destination.takesWholeAlone)('a removal alone', async () => {
      await send(change('add', 0, 5), 'dlv_1');
      expect(await send(change('remove', 0, 5), 'dlv_2')).toMatchObject({ status: 'delivered', added: 0, removed: 5 });
      expect(await exchange.world.members()).toEqual([]);
    });

    it.skipIf(destination.takesWholeAlone)('an erasure, and says what became of it', async () => {
      await send(change('add', 0, 5), 'dlv_1');
      const erasures = change('remove', 0, 2).map((removal) => ({ ...removal, erase: true as const }));
      const report = await send(erasures, 'dlv_2');
      expect(report).toMatchObject({ status: 'delivered', removed: 2, erasure: subject.erasure ?? 'removed_only' });
      expect(await exchange.world.members()).toEqual(ids(2, 5));
    });

    it.skipIf(destination.takesWholeAlone)('an id named twice once, as its last change says', async () => {
      const report = await send([...change('add', 0, 3), ...change('add', 1, 2), ...change('remove', 2, 3)]);
      expect(report).toMatchObject({ added: 2, removed: 1 });
      expect(await exchange.world.members()).toEqual(ids(0, 2));
    });

    it.skipIf(destination.takesWholeAlone)('nothing when nothing changed', async () => {
      expect(await send([])).toMatchObject({ status: 'delivered', added: 0, removed: 0, batches: 0 });
      expect(await exchange.world.members()).toEqual([]);
    });

    it('nothing more when it is called again after its end', async () => {
      const store = newStore();
      const report = await deliverToEnd(exchange, store, change('add', 0, 5));
      const traffic = await exchange.world.traffic();
      expect(await deliverToEnd(exchange, store, change('add', 0, 5))).toEqual(report);
      expect(await exchange.world.traffic()).toBe(traffic);
    });

    it('and shows that address and credentials work without sending a person', async () => {
      const { changes: _changes, ...options } = deliverOptions(exchange, newStore(), []);
      await expect(testDestination(destination, options)).resolves.toBeUndefined();
      expect(await exchange.world.members()).toEqual([]);
    });
  });

  describe(`${destination.kind} killed at any save`, () => {
    const isWhole = destination.takesWholeAlone ?? false;
    const changes = isWhole ? change('add', 0, 65) : [...change('add', 0, 70), ...change('remove', 65, 90)];
    it.each(['before', 'after'] as const)('%s storing it ends in the same state and report', async (when) => {
      const whole = newStore('dlv_whole');
      const report = await deliverToEnd(exchange, whole, changes);
      for (let save = 1; save <= whole.saves; save++) {
        const clock = new FakeClock();
        const killed = { subject, clock, world: await subject.start(clock) };
        const store = new ProgressStore('dlv_killed', clock);
        store.killAt = { save, when };
        const resumed = await deliverToEnd(killed, store, changes);
        const { platformJobs: _jobs, ...counts } = resumed;
        const { platformJobs: _whole, ...expected } = report;
        expect(counts, `killed at save ${save}`).toEqual(expected);
        expect(await killed.world.members(), `killed at save ${save}`).toEqual(ids(0, 65));
        await killed.world.close();
      }
    });

    it('does not go on with other changes than it began with', async () => {
      const store = newStore();
      const save = async (progress: DeliveryProgress): Promise<void> => {
        await store.save(progress);
        if (progress.batchesSent > 0) throw new Killed();
      };
      const options = { ...deliverOptions(exchange, store, change('add', 0, 100)), save };
      await expect(deliver(destination, options)).rejects.toThrow(Killed);
      const report = await deliverToEnd(exchange, store, change('add', 1, 100));
      expect(report.status).not.toBe('delivered');
      expect(report.failure?.code).toBe('changes_differ');
    });
  });

  describe(`${destination.kind} meets`, () => {
    it('each passing fault with a retry', async () => {
      for (const [index, begin] of (exchange.world.faults.retry ?? []).entries()) {
        begin();
        const report = await send(change('add', 0, 10), `dlv_${index}`);
        expect(report, `fault ${index}`).toMatchObject({ status: 'delivered', added: 10 });
        expect(await exchange.world.members()).toEqual(ids(0, 10));
      }
    });

    it('a request for patience with the wait it asks for', async () => {
      if (exchange.world.faults.throttle === undefined) return expect(destination.authentication).toBe('none');
      exchange.world.faults.throttle();
      await send(change('add', 0, 10));
      expect(Math.max(...exchange.clock.sleptMs)).toBeGreaterThanOrEqual(9_000);
      expect(await exchange.world.members()).toEqual(ids(0, 10));
    });

    it('an expired token with one new authentication', async () => {
      if (exchange.world.faults.authExpiry === undefined) return expect(destination.authentication).not.toBe('token');
      exchange.world.faults.authExpiry();
      expect(await send(change('add', 0, 100))).toMatchObject({ status: 'delivered', added: 100 });
      expect(await exchange.world.members()).toEqual(ids(0, 100));
    });

    it('a used-up quota by stopping and coming back in an hour', async () => {
      if (exchange.world.faults.quota === undefined) return;
      exchange.world.faults.quota();
      const store = newStore();
      const options = deliverOptions(exchange, store, change('add', 0, 10));
      const stopped = await deliver(destination, options).catch((error: unknown) => error);
      expect(stopped).toBeInstanceOf(DeliveryPostponed);
      expect((stopped as DeliveryPostponed).retryAfterMs).toBeGreaterThanOrEqual(3_600_000);
      await exchange.clock.sleep(3_600_000);
      expect(await deliverToEnd(exchange, store, change('add', 0, 10))).toMatchObject({
        status: 'delivered',
        added: 10,
      });
    });

    it('a refusal for good with a report, and asks no further', async () => {
      exchange.world.faults.permanent();
      const report = await send(change('add', 0, 10));
      expect(report).toMatchObject({ status: 'failed', added: 0, failure: { code: expect.any(String) } });
      expect(exchange.clock.sleptMs).toEqual([]);
      expect(await exchange.world.members()).toEqual([]);
    });

    it('rows the platform rejects by counting them under its code', async () => {
      if (exchange.world.faults.rejectRows === undefined) return;
      const code = exchange.world.faults.rejectRows(ids(0, 3));
      const report = await send(change('add', 0, 10));
      expect(report).toMatchObject({ status: 'partially_delivered', rejectedByPlatform: { [code]: 3 } });
      expect(await exchange.world.members()).toEqual(ids(3, 10));
    });

    it('an abort by stopping with its reason', async () => {
      const options = {
        ...deliverOptions(exchange, newStore(), change('add', 0, 10)),
        signal: AbortSignal.abort(new Error('over')),
      };
      await expect(deliver(destination, options)).rejects.toThrow('over');
      expect(await exchange.world.members()).toEqual([]);
    });
  });

  describe(`${destination.kind} refuses`, () => {
    it('changes that were not released, and look-alikes of released ones', async () => {
      const options = deliverOptions(exchange, newStore(), change('add', 0, 3));
      const lookAlike = { value: inBatches(change('add', 0, 3)), decision: options.changes.decision };
      for (const changes of [inBatches(change('add', 0, 3)), lookAlike, undefined]) {
        const call = deliver(destination, { ...options, changes: changes as unknown as typeof options.changes });
        await expect(call).rejects.toMatchObject({ code: 'unreleased' });
      }
      expect(await exchange.world.traffic()).toBe(0);
    });

    it('ids that are not of its type, row by row', async () => {
      const invalid = subject.invalidIds.map((id) => ({ id, change: 'add' as const }));
      const report = await send([...invalid, ...change('add', 0, 3)]);
      const counted = Object.values(report.invalid).reduce((sum, count) => sum + count, 0);
      expect(counted).toBe(invalid.length);
      expect(report).toMatchObject({ status: 'partially_delivered', added: 3 });
      expect(await exchange.world.members()).toEqual(ids(0, 3));
    });

    it.each(subject.invalidSettings.map((one) => [one.pointer, one.change] as const))(
      'settings with a fault at %s',
      async (pointer, faulty) => {
        const options = deliverOptions(exchange, newStore(), change('add', 0, 3));
        const refusal = await deliver(destination, {
          ...options,
          settings: { ...exchange.world.settings, ...faulty },
        }).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(SettingsError);
        expect((refusal as SettingsError).issues.map((issue) => issue.pointer)).toContain(pointer);
        expect(await exchange.world.traffic()).toBe(0);
      },
    );

    it('unknown and missing settings, all at once', async () => {
      const options = deliverOptions(exchange, newStore(), []);
      const refusal = await deliver(destination, {
        ...options,
        settings: { no_such: 1 },
        credentials: { nor_such: 1 },
      }).catch((error: unknown) => error);
      const pointers = (refusal as SettingsError).issues.map((issue) => issue.pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/settings/no_such', '/credentials/nor_such']));
      for (const [name, field] of Object.entries(destination.settingFields)) {
        if (field.required) expect(pointers).toContain(`/settings/${name}`);
      }
    });

    it('to exceed its own limits', async () => {
      const rules = destination.batchRules(validateSettings(destination, exchange.world).settings);
      expect(rules.maxRows).toBeLessThanOrEqual(destination.limits.maxRowsPerBatch);
      expect(rules.maxBytes).toBeLessThanOrEqual(destination.limits.maxBytesPerBatch);
    });
  });
}
