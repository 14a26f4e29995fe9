// An audience past its time is destroyed in the engine, destinations let its persons go, and no working table of either stays behind.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sweep } from '../sweep/sweep.ts';
import { Chamber, PERSONS } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let chamber: Chamber;
beforeAll(async () => {
  chamber = await Chamber.open();
  await chamber.load(() => 1);
  await chamber.activate();
});
afterAll(() => chamber?.close());

const tablesOf = async (prefix: string) =>
  (await chamber.engine.listTables()).filter((name) => name.startsWith(prefix)).toSorted();

/** A job takes its working tables away when it has ended. */
const untilGone = (prefix: string) => vi.waitFor(async () => expect(await tablesOf(prefix)).toEqual([]), 20_000);

test('its tables go, its persons are taken out with a receipt, and the log says so', async () => {
  await chamber.deliver();
  expect(chamber.held()).toHaveLength(PERSONS);
  // What a delivery worked with, ids in the clear among it, is gone once it has ended.
  await untilGone('dlv_');
  const audience = chamber.id('aud');
  expect((await tablesOf(audience)).length).toBeGreaterThan(1);
  const { expires_at } = await chamber.call('analyst', `GET /v1/audiences/${audience}`);
  chamber.world.clock.moveTo(expires_at);
  await sweep(chamber.world.ground);
  await chamber.settle();
  expect(await chamber.call('analyst', `GET /v1/audiences/${audience}`)).toMatchObject({ status: 'expired' });
  // The memory of what the destination was told is empty, and all else is gone.
  const [told = '', ...more] = await tablesOf(audience);
  expect(more).toEqual([]);
  expect(await chamber.engine.query(`SELECT count() AS rows FROM ${told}`)).toMatchObject([{ rows: 0 }]);
  await untilGone('rmv_');
  expect(chamber.held()).toEqual([]);
  const { items } = await chamber.call('compliance-officer', `GET /v1/removals?request_id=${audience}`);
  expect(items).toMatchObject([{ status: 'confirmed', reason: 'expired', removed: PERSONS }]);
  const events = await chamber.call('compliance-officer', 'GET /v1/audit/events?event=audience.destroyed');
  expect(events.items).toMatchObject([{ subject: { id: audience } }]);
});
