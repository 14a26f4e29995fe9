// What is said of each person beside its id, on both engines: what everybody agreed to who stands behind the id, and no more.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropAudience } from './audience.ts';
import { ACTIVATION_COLUMN, IDS } from './audience-fixture.ts';
import { type DeliverableRequest, selectDeliverable } from './distribute.ts';
import { PURPOSES_OF_BITS, purposeBits } from './distribute-consent.ts';
import { type ActivationChange, deliveryDelta, dropSelection, recordDelivered } from './distribute-delta.ts';
import { deliverableRequest, Exchange, type Person, seen, type World } from './distribute-fixture.ts';
import type { Engine } from './engine/engine.ts';
import { ENGINE_KINDS } from './engine/test-engine.ts';

const BOTH = ['advertising', 'personalisation'];
const ONE = ['advertising'];
const AGREED: readonly (readonly string[])[] = [BOTH, [], ONE];
const person = (consentClass: number, token: string, ...ids: string[]): Person => ({
  consentClass,
  ids,
  tokens: [token],
});

const yes = [person(0, 'ada', '11', '10'), person(0, 'hal', '70'), person(0, 'fay', '60')];
const no = [person(2, 'ben', '20'), person(2, 'gus', '61', '60'), person(1, 'cleo', '30')];
const WORLD: World = {
  left: [...yes, ...no, person(0, 'dan', '40'), person(0, 'ivy', '80')],
  right: [...yes, ...no, person(2, 'dan'), person(0, 'ivy'), person(2, 'ivan')],
  members: [...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n, n] as const), [7, 8]],
  leftList: [],
  rightList: ['hal'],
  refusedClasses: [1],
};

function toldRequest(selection: string, world: World = WORLD): DeliverableRequest {
  const { verdicts, suppressions, ...rest } = deliverableRequest(world, selection);
  const checks = suppressions.filter(({ list }) => list === IDS.otherList);
  return {
    ...rest,
    verdicts: verdicts.map((one) => ({ ...one, purposes: AGREED[one.consentClass] ?? [] })),
    suppressions: [],
    told: { objections: [{ purpose: 'personalisation', checks }] },
  };
}

test('a number of bits is one list of purposes', () => {
  expect(PURPOSES_OF_BITS.map(purposeBits)).toEqual(PURPOSES_OF_BITS.map((_, bits) => bits));
  expect(PURPOSES_OF_BITS[purposeBits(['personalisation', 'advertising', 'unheard of'])]).toEqual(BOTH);
});

describe.each(ENGINE_KINDS)('on the %s engine', { timeout: 120_000 }, (kind) => {
  let exchange: Exchange;
  let engine: Engine;

  beforeAll(async () => {
    exchange = await Exchange.open(kind);
    engine = exchange.engine;
  });
  afterAll(() => exchange.close());

  async function begin(world: World = WORLD): Promise<void> {
    await dropAudience(engine, IDS.audience);
    await Promise.all([IDS.delivery, IDS.secondDelivery].map((delivery) => dropSelection(engine, delivery)));
    await exchange.settle(world);
  }

  async function changesOf(delivery: string, tellsConsent: boolean): Promise<ActivationChange[]> {
    const request = { delivery, audience: IDS.audience, destination: IDS.destination, tellsConsent };
    const changes: ActivationChange[] = [];
    for await (const page of seen((await deliveryDelta(engine, request)).changes)) changes.push(...page);
    return changes;
  }

  test('each addition says what both sides, every pair and all holders of its id agreed to', async () => {
    await begin();
    await selectDeliverable(engine, toldRequest(IDS.delivery));
    const changes = await changesOf(IDS.delivery, true);
    expect(Object.fromEntries(changes.map(({ id, consent }) => [id, consent]))).toEqual({
      10: BOTH,
      // On a list about personalisation alone.
      70: ONE,
      // Of somebody else too, who agreed to less and leaves by the same id.
      60: ONE,
      20: ONE,
      // Agreed to here, and not on the other side.
      40: ONE,
      // Paired with two, of whom one agreed to less.
      80: ONE,
    });
    expect(changes.every(({ change }) => change === 'add')).toBe(true);
    expect(await changesOf(IDS.delivery, true)).toEqual(changes);
  });

  test('a removal says nothing, nor does any change where nobody asks for it', async () => {
    await begin();
    await selectDeliverable(engine, toldRequest(IDS.delivery));
    const silent = await changesOf(IDS.delivery, false);
    expect(silent).toHaveLength(6);
    expect(silent.filter((change) => 'consent' in change)).toEqual([]);
    await recordDelivered(engine, {
      delivery: IDS.delivery,
      audience: IDS.audience,
      destination: IDS.destination,
    });
    const later = { ...WORLD, left: [person(1, 'ada', '10'), ...WORLD.left.slice(1)], rightList: [] };
    await exchange.settle(later);
    await selectDeliverable(engine, toldRequest(IDS.secondDelivery, later));
    expect(await changesOf(IDS.secondDelivery, true)).toEqual([{ id: '10', change: 'remove' }]);
  });

  test('an id composed of several says what the holders of all of them agreed to', async () => {
    const mixed = { ...WORLD, left: [person(0, 'ada', '10', '20'), ...WORLD.left.slice(1)] };
    await begin(mixed);
    await selectDeliverable(engine, { ...toldRequest(IDS.delivery, mixed), composedColumns: [ACTIVATION_COLUMN] });
    const said = Object.fromEntries((await changesOf(IDS.delivery, true)).map(({ id, consent }) => [id, consent]));
    const id = (...ids: string[]) => ids.map((one) => `${ACTIVATION_COLUMN}:${one}`).join('|');
    expect(said[id('10', '20')]).toEqual(ONE);
    expect(said[id('60')]).toEqual(ONE);
  });

  test('over an own dataset the classes of the one side say it', async () => {
    await begin();
    const { people, verdicts, ...rest } = toldRequest(IDS.delivery);
    const own = verdicts.filter(({ side }) => side === 'left');
    await selectDeliverable(engine, {
      ...rest,
      people: { left: people.left },
      verdicts: own,
      told: { objections: [] },
    });
    const said = Object.fromEntries((await changesOf(IDS.delivery, true)).map(({ id, consent }) => [id, consent]));
    expect(said).toMatchObject({ 10: BOTH, 20: ONE, 40: BOTH, 70: BOTH });
  });
});
