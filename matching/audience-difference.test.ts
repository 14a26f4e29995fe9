// Who is counted to decide on an audience, on both engines: persons who stand alone, and how a selection differs from all that its
// receiver was told before, each way, without those whose removal must not wait.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropAudience } from './audience.ts';
import { listTellings } from './audience-difference.ts';
import { ACTIVATION_COLUMN, fillMembers, fillPairs, IDS } from './audience-fixture.ts';
import type { GateCounts, GateRequest } from './audience-gate.ts';
import { selectDeliverable } from './distribute.ts';
import { deliveryDelta, dropSelection, recordDelivered } from './distribute-delta.ts';
import { deliverableRequest, Exchange, type Person, seen, type World } from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS } from './engine/test-engine.ts';

const OTHER = 'aud_01jd0000000000000000000002';
const NEVER = 'aud_01jd0000000000000000000003';
const DETOUR = 'aud_01jd0000000000000000000004';
const GATE: GateRequest = {
  match: IDS.match,
  left: IDS.leftContribution,
  right: IDS.rightContribution,
  types: ['email'],
  comparisons: [],
};

const people: Person[] = Array.from({ length: 8 }, (_, n) => ({
  consentClass: 0,
  ids: [`${n}0`, `${n}1`],
  tokens: [`token ${n}`],
}));

const worldOf = (members: readonly number[], change: Partial<World> = {}): World => ({
  left: people,
  right: people,
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
  /** The lists of a world are then those of excluded audiences. */
  let listsExclude = false;

  beforeAll(async () => {
    exchange = await Exchange.open(kind);
    engine = exchange.engine;
    await deliver(worldOf(all));
  });
  afterAll(() => exchange.close());

  async function count(world: World, audience: string, gate: Partial<GateRequest> = {}): Promise<GateCounts> {
    await exchange.settle(world);
    await fillMembers(engine, audience, world.members);
    await fillPairs(
      engine,
      IDS.match,
      world.left.map((_, n) => [n, n] as const),
    );
    const plain = deliverableRequest(world, IDS.delivery);
    const counts = await selectDeliverable(engine, {
      ...plain,
      ...(listsExclude ? { suppressions: [], exclusions: plain.suppressions } : {}),
      ...(form === 'composed' ? { composedColumns: [ACTIVATION_COLUMN] } : {}),
      audience,
      gate: { ...GATE, ...gate },
    });
    const { gate: counted } = seen(counts);
    if (counted === undefined) throw new Error('the gate was asked for');
    return counted;
  }

  async function deliver(world: World, audience: string = OTHER): Promise<void> {
    await count(world, audience);
    const request = { delivery: IDS.delivery, audience, destination: IDS.destination };
    await deliveryDelta(engine, request);
    await recordDelivered(engine, request);
    await dropSelection(engine, IDS.delivery);
  }

  async function difference(world: World, earlier: readonly string[] = [OTHER], sameMatch = true) {
    const deliveries = earlier.map((one) => ({ audience: one, destination: IDS.destination }));
    const tellings = await listTellings(engine, deliveries);
    const found: { added?: number; removed?: number } = {};
    for (const way of ['added', 'removed'] as const) {
      const comparisons = tellings.map((telling) => ({ telling, ways: [way], sameMatch }));
      const counted = await count(world, IDS.audience, { comparisons });
      if (counted.difference !== undefined) found[way] = counted.difference;
      await dropSelection(engine, IDS.delivery);
    }
    return found;
  }

  async function persons(world: World): Promise<number> {
    const counted = await count(world, IDS.audience);
    await dropSelection(engine, IDS.delivery);
    return counted.persons;
  }

  test('what was never told is compared with nothing', async () => {
    expect(await difference(worldOf([0, 1]), [NEVER])).toEqual({});
    expect(await difference(worldOf([0, 1]), [])).toEqual({});
  });

  test('each way counts by itself, and a person once for all its ids', async () => {
    expect(await difference(worldOf(all))).toEqual({ added: 0, removed: 0 });
    expect(await difference(worldOf([...all, 5]))).toEqual({ added: 1, removed: 0 });
    expect(await difference(worldOf([0, 1, 2]))).toEqual({ added: 0, removed: 2 });
    expect(await difference(worldOf([0, 1, 5]))).toEqual({ added: 1, removed: 3 });
  });

  test('who is suppressed, refused or gone from the dataset may go at any time, a member or not', async () => {
    const left = [0, 1, 3, 4];
    const nobody = { added: 0, removed: 0 };
    for (const members of [all, left])
      expect(await difference(worldOf(members, { leftList: ['token 2'] }))).toEqual(nobody);
    expect(await difference(worldOf(all, { rightList: ['token 2'] }))).toEqual(nobody);
    const withdrawn = people.map((person, n) => (n === 2 ? { ...person, consentClass: 1 } : person));
    for (const members of [all, left]) {
      expect(await difference(worldOf(members, { left: withdrawn, refusedClasses: [1] }))).toEqual(nobody);
    }
    const erased = people.map((person, n) => (n === 2 ? { ...person, ids: [] } : person));
    expect(await difference(worldOf(left, { left: erased }))).toEqual(nobody);
  });

  test('who is excluded goes uncounted only as a member; others go because they are not asked for', async () => {
    listsExclude = true;
    for (const world of [{ leftList: ['token 2'] }, { rightList: ['token 2'] }])
      expect(await difference(worldOf(all, world))).toEqual({ added: 0, removed: 0 });
    expect(await difference(worldOf([0, 1, 3, 4], { leftList: ['token 2'] }))).toEqual({ added: 0, removed: 1 });
    expect(await difference(worldOf([5, 6], { leftList: ['token 0', 'token 1'] }))).toEqual({ added: 2, removed: 5 });
    listsExclude = false;
  });

  test('one more id of a person who was told before is a difference only where it leaves', async () => {
    const richer = people.map((person, n) => (n === 1 ? { ...person, ids: ['10', '11', '12'] } : person));
    const { added } = await difference(worldOf(all, { left: richer }));
    expect(added).toBe(form === 'composed' ? 1 : 0);
  });

  test('every earlier delivery counts: a detour over another audience hides nobody', async () => {
    await deliver(worldOf([2, 3, 4, 6, 7]), DETOUR);
    expect(await difference(worldOf([...all, 5]), [OTHER, DETOUR])).toEqual({ added: 1, removed: 0 });
    expect(await difference(worldOf([2, 3, 4, 6, 7, 5]), [OTHER, DETOUR])).toEqual({ added: 1, removed: 0 });
    await dropAudience(engine, DETOUR);
  });

  test('a change that was never confirmed counts as told', async () => {
    await count(worldOf([6]), NEVER);
    await deliveryDelta(engine, { delivery: IDS.delivery, audience: NEVER, destination: IDS.destination });
    await dropSelection(engine, IDS.delivery);
    expect(await difference(worldOf([6]), [NEVER])).toEqual({ added: 0, removed: 0 });
    expect(await difference(worldOf([0]), [NEVER])).toEqual({ added: 1, removed: 1 });
    await dropAudience(engine, NEVER);
  });

  test('only persons who stand alone are counted: with one key of a type, an id of their own, and a partner with one key', async () => {
    expect(await persons(worldOf(all))).toBe(5);
    const plural = people.map((person, n) => (n === 0 ? { ...person, tokens: ['token 0', 'token x'] } : person));
    expect(await persons(worldOf(all, { left: plural }))).toBe(4);
    expect(await persons(worldOf(all, { right: plural }))).toBe(4);
    const sharing = people.map((person, n) => (n === 7 ? { ...person, ids: ['00'] } : person));
    expect(await persons(worldOf(all, { left: sharing }))).toBe(4);
    expect(await persons(worldOf(all, { leftList: ['token 3'] }))).toBe(4);
  });

  test('against a telling of another match, persons count who stand alone on their own side', async () => {
    const plural = people.map((person, n) => (n === 5 ? { ...person, tokens: ['token 5', 'token x'] } : person));
    const more = [...all, 5, 6];
    expect(await difference(worldOf(more, { right: plural }), [OTHER], true)).toEqual({ added: 1, removed: 0 });
    expect(await difference(worldOf(more, { right: plural }), [OTHER], false)).toEqual({ added: 2, removed: 0 });
  });
});
