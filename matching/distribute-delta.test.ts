// What a platform is told, against a plain model, on both engines: whatever happened before, it holds what may leave and no more.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropAudience } from './audience.ts';
import { IDS } from './audience-fixture.ts';
import { selectDeliverable } from './distribute.ts';
import { type ActivationChange, deliveryDelta, dropSelection, recordDelivered } from './distribute-delta.ts';
import {
  ada,
  allowedIds,
  ben,
  cleo,
  dan,
  deliverableRequest,
  Exchange,
  eve,
  PLAIN,
  seen,
  type World,
} from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS } from './engine/test-engine.ts';
import { membersTable } from './tables.ts';

const person = fc.record({
  consentClass: fc.integer({ min: 0, max: 2 }),
  ids: fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'), {
    maxLength: 3,
  }),
  tokens: fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6'), { maxLength: 2 }),
});
const tokens = fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k9'), { maxLength: 2 });
const world: fc.Arbitrary<World> = fc.record({
  left: fc.array(person, { minLength: 10, maxLength: 10 }),
  right: fc.array(person, { minLength: 8, maxLength: 8 }),
  members: fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 7 })), {
    maxLength: 12,
    selector: ([left, right]) => `${left}-${right}`,
  }),
  leftList: tokens,
  rightList: tokens,
  refusedClasses: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 1 }),
});

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let exchange: Exchange;
  let engine: Engine;

  beforeAll(async () => {
    exchange = await Exchange.open(kind);
    engine = exchange.engine;
  });
  afterAll(() => exchange.close());

  async function changesOf(delivery: string, world?: World, how: { isWhole?: true } = {}): Promise<ActivationChange[]> {
    if (world !== undefined) await selectDeliverable(engine, deliverableRequest(world, delivery));
    const request = { delivery, audience: IDS.audience, destination: IDS.destination, ...how };
    const delta = await deliveryDelta(engine, request);
    const changes: ActivationChange[] = [];
    for await (const page of seen(delta.changes)) changes.push(...page);
    expect(seen(delta.counts)).toEqual({
      added: changes.filter(({ change }) => change === 'add').length,
      removed: changes.filter(({ change }) => change === 'remove').length,
    });
    return changes;
  }

  function told(platform: Set<string>, changes: readonly ActivationChange[]): void {
    for (const { id, change } of changes) {
      if (change === 'add') platform.add(id);
      else platform.delete(id);
    }
  }

  const record = (delivery: string) =>
    recordDelivered(engine, { delivery, audience: IDS.audience, destination: IDS.destination });

  async function forget(): Promise<void> {
    await dropAudience(engine, IDS.audience);
    const deliveries = [IDS.delivery, IDS.secondDelivery, IDS.thirdDelivery];
    await Promise.all(deliveries.map((delivery) => dropSelection(engine, delivery)));
  }

  test('a refused or suppressed person is nowhere in what a platform holds, whatever was delivered before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(world, { minLength: 2, maxLength: 2 }), fc.boolean(), async (worlds, isConfirmed) => {
        await forget();
        const platform = new Set<string>();
        for (const [n, given] of worlds.entries()) {
          await exchange.settle(given);
          const delivery = [IDS.delivery, IDS.secondDelivery][n] ?? IDS.thirdDelivery;
          told(platform, await changesOf(delivery, given));
          if (isConfirmed) await record(delivery);
          const { ids, barred } = allowedIds(given);
          expect([...platform].sort()).toEqual(ids);
          expect([...platform].filter((id) => barred.has(id))).toEqual([]);
        }
      }),
      { numRuns: kind === 'embedded' ? 8 : 1, endOnFailure: true },
    );
  });

  test('a first delivery adds, a second only tells the difference, a withdrawn consent is a removal', async () => {
    await forget();
    await exchange.settle(PLAIN);
    expect(await changesOf(IDS.delivery, PLAIN)).toEqual([
      { id: '10', change: 'add' },
      { id: '20', change: 'add' },
    ]);
    await record(IDS.delivery);
    await record(IDS.delivery);
    const later = { ...PLAIN, left: [{ ...ada, consentClass: 1 }, ben, cleo, { ...dan, ids: ['40'] }, eve] };
    await exchange.settle({ ...later, members: PLAIN.members.slice(0, 4) });
    expect(await changesOf(IDS.secondDelivery, later)).toEqual([
      { id: '10', change: 'remove' },
      { id: '40', change: 'add' },
    ]);
    await record(IDS.secondDelivery);
    expect(await changesOf(IDS.thirdDelivery, later)).toEqual([]);
  });

  test('a full delivery tells everybody again, and still removes who left', async () => {
    await forget();
    await exchange.settle(PLAIN);
    await changesOf(IDS.delivery, PLAIN);
    await record(IDS.delivery);
    const later = { ...PLAIN, left: [{ ...ada, consentClass: 1 }, ben, cleo, { ...dan, ids: ['40'] }, eve] };
    await exchange.settle({ ...later, members: PLAIN.members.slice(0, 4) });
    expect(await changesOf(IDS.secondDelivery, later, { isWhole: true })).toEqual([
      { id: '10', change: 'remove' },
      { id: '20', change: 'add' },
      { id: '40', change: 'add' },
    ]);
    await record(IDS.secondDelivery);
    expect(await changesOf(IDS.thirdDelivery, later)).toEqual([]);
  });

  test('a delivery asked for again gives the very same changes', async () => {
    await forget();
    await exchange.settle(PLAIN);
    const first = await changesOf(IDS.delivery, PLAIN);
    await engine.command(`INSERT INTO ${membersTable(IDS.audience).name} SELECT 3, 3`);
    expect(await changesOf(IDS.delivery)).toEqual(first);
    await record(IDS.delivery);
    expect(await changesOf(IDS.delivery)).toEqual(first);
  });

  test('a delivery that was never confirmed is told again, and removed when due', async () => {
    await forget();
    await exchange.settle(PLAIN);
    const first = await changesOf(IDS.delivery, PLAIN);
    expect(await changesOf(IDS.secondDelivery, PLAIN)).toEqual(first);
    const withdrawn = { ...PLAIN, refusedClasses: [0, 1] };
    expect(await changesOf(IDS.thirdDelivery, withdrawn)).toEqual(first.map(({ id }) => ({ id, change: 'remove' })));
  });
});
