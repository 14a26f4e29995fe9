// How a selection differs from all that its receiver was told before, on both engines: in persons, each way, and without
// those whose removal must not wait.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropAudience } from './audience.ts';
import { ACTIVATION_COLUMN, fillMembers, IDS } from './audience-fixture.ts';
import { selectDeliverable } from './distribute.ts';
import { deliveryDelta, dropSelection, recordDelivered } from './distribute-delta.ts';
import { deliverableRequest, Exchange, type Person, seen, type World } from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS } from './engine/test-engine.ts';

const OTHER = 'aud_01jd0000000000000000000002';
const NEVER = 'aud_01jd0000000000000000000003';

const persons: Person[] = Array.from({ length: 8 }, (_, n) => ({
  consentClass: 0,
  ids: [`${n}0`, `${n}1`],
  tokens: [`token ${n}`],
}));

const worldOf = (members: readonly number[], change: Partial<World> = {}): World => ({
  left: persons,
  right: persons,
  members: members.map((n) => [n, n] as const),
  leftList: [],
  rightList: [],
  refusedClasses: [],
  ...change,
});

const CASES = ENGINE_KINDS.flatMap((kind) => (['apart', 'composed'] as const).map((form) => [kind, form] as const));

describe.each(CASES)('on the %s engine, ids %s', { timeout: 120_000 }, (kind, form) => {
  let exchange: Exchange;
  let engine: Engine;
  const all = [0, 1, 2, 3, 4];

  beforeAll(async () => {
    exchange = await Exchange.open(kind);
    engine = exchange.engine;
    await deliver(worldOf(all));
  });
  afterAll(() => exchange.close());

  async function select(world: World, audience: string, earlier: readonly string[]): Promise<number | undefined> {
    await exchange.settle(world);
    await fillMembers(engine, audience, world.members);
    const counts = await selectDeliverable(engine, {
      ...deliverableRequest(world, IDS.delivery),
      ...(form === 'composed' ? { composedColumns: [ACTIVATION_COLUMN] } : {}),
      audience,
      earlier: earlier.map((one) => ({ audience: one, destination: IDS.destination })),
      refusedClasses: world.refusedClasses,
    });
    return seen(counts).smallestDifference;
  }

  async function deliver(world: World, audience: string = OTHER): Promise<void> {
    await select(world, audience, []);
    const request = { delivery: IDS.delivery, audience, destination: IDS.destination };
    await deliveryDelta(engine, request);
    await recordDelivered(engine, request);
    await dropSelection(engine, IDS.delivery);
  }

  async function difference(world: World, earlier: readonly string[] = [OTHER]): Promise<number | undefined> {
    const found = await select(world, IDS.audience, earlier);
    await dropSelection(engine, IDS.delivery);
    return found;
  }

  test('the same audience does not differ, nor does anything from what was never told', async () => {
    expect(await difference(worldOf(all))).toBeUndefined();
    expect(await difference(worldOf([0, 1]), [NEVER])).toBeUndefined();
    expect(await difference(worldOf([0, 1]), [])).toBeUndefined();
  });

  test('each way counts by itself, and a person once for all its ids', async () => {
    expect(await difference(worldOf([...all, 5]))).toBe(1);
    expect(await difference(worldOf([0, 1, 2]))).toBe(2);
    expect(await difference(worldOf([0, 1, 2, 5]))).toBe(1);
    expect(await difference(worldOf([0, 1, 5, 6]))).toBe(2);
  });

  test('who is suppressed, refused or gone from the dataset may go at any time, a member or not', async () => {
    const left = [0, 1, 3, 4];
    for (const members of [all, left])
      expect(await difference(worldOf(members, { leftList: ['token 2'] }))).toBeUndefined();
    expect(await difference(worldOf(left, { rightList: ['token 2'] }))).toBeUndefined();
    const withdrawn = persons.map((person, n) => (n === 2 ? { ...person, consentClass: 1 } : person));
    for (const members of [all, left]) {
      expect(await difference(worldOf(members, { left: withdrawn, refusedClasses: [1] }))).toBeUndefined();
    }
    const erased = persons.map((person, n) => (n === 2 ? { ...person, ids: [] } : person));
    expect(await difference(worldOf(left, { left: erased }))).toBeUndefined();
  });

  test('one more id of a person who was told before is a difference only where it leaves', async () => {
    const richer = persons.map((person, n) => (n === 1 ? { ...person, ids: ['10', '11', '12'] } : person));
    expect(await difference(worldOf(all, { left: richer }))).toBe(form === 'composed' ? 1 : undefined);
  });

  test('every earlier delivery counts: a detour over another audience hides nobody', async () => {
    await deliver(worldOf([2, 3, 4, 6, 7]));
    expect(await difference(worldOf([...all, 5]))).toBe(1);
    expect(await difference(worldOf([2, 3, 4, 6, 7]))).toBe(2);
  });

  test('a change that was never confirmed counts as told', async () => {
    await select(worldOf([6]), NEVER, []);
    await deliveryDelta(engine, { delivery: IDS.delivery, audience: NEVER, destination: IDS.destination });
    await dropSelection(engine, IDS.delivery);
    expect(await difference(worldOf([6]), [NEVER])).toBeUndefined();
    expect(await difference(worldOf([0]), [NEVER])).toBe(1);
    await dropAudience(engine, NEVER);
  });
});
