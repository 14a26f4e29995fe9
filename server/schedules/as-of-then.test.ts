// A run of a schedule delivers its audience as of then: over the data that are visible at that moment, under the approval that was
// given. Where it cannot, it says why and stays due, and nothing of before is delivered in its place.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { asService } from '../database/row-scope.ts';
import { newId } from '../ids.ts';
import { Chamber } from '../testing/chamber.ts';
import { listEvents, play } from '../testing/play.ts';
import { prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { runDueSchedules } from './run-due-schedules.ts';

const sweepIn = async (world: World, instant: string) => {
  world.clock.moveTo(instant);
  await asService(() => runDueSchedules(world.ground));
};

describe('over an own dataset', () => {
  let chamber: Chamber;
  let complaining = new Set<number>();
  let sch = '';
  beforeAll(async () => {
    chamber = await Chamber.open();
    await chamber.load(() => 1, { persons: 120 });
    await chamber.activate();
    const path = `POST /v1/activations/${chamber.id('act')}/schedules`;
    sch = (await chamber.call('analyst', path, { rule: 'FREQ=DAILY;BYHOUR=6;BYMINUTE=0' })).id;
  }, 120_000);
  afterAll(() => chamber.close());

  const load = (persons: number) => chamber.load(() => 1, { persons, complains: (n) => complaining.has(n) });
  const read = () => chamber.call('analyst', `GET /v1/schedules/${sch}`);
  async function run(day: number, hour = 6) {
    await sweepIn(chamber.world, `2026-06-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:30.000Z`);
    await chamber.settle();
    const schedule = await read();
    const delivery =
      schedule.last_delivery_id && (await chamber.call('analyst', `GET /v1/deliveries/${schedule.last_delivery_id}`));
    return { schedule, delivery };
  }

  test('the first run delivers who is in it', async () => {
    const { schedule, delivery } = await run(2);
    expect(delivery).toMatchObject({ status: 'delivered', report: { sent: { added: 120, removed: 0 } } });
    expect(schedule).toMatchObject({ denied_because: null, due_since: null, next_run_at: '2026-06-03T06:00:00.000Z' });
  }, 60_000);

  test('the next one delivers who has come and removes who has left since, without anybody refreshing the audience', async () => {
    complaining = new Set([5, 6]);
    await load(150);
    const { delivery } = await run(3);
    expect(delivery).toMatchObject({ status: 'delivered', report: { sent: { added: 30, removed: 2 } } });
    expect(chamber.held()).toHaveLength(148);
    expect(chamber.held()).not.toContain('id-5');
    const audience = await chamber.call('analyst', `GET /v1/audiences/${chamber.id('aud')}`);
    expect(audience).toMatchObject({ status: 'ready', instant: '2026-06-03T06:00:30.000Z', size: null });
  }, 60_000);

  test('below the threshold the run is refused, stays due, and is tried again before the rule says so', async () => {
    complaining = new Set(Array.from({ length: 140 }, (_, n) => n));
    await load(150);
    const { schedule, delivery } = await run(4);
    expect(delivery).toMatchObject({ status: 'refused', decision: { reasons: ['below_threshold'] } });
    expect(schedule).toMatchObject({
      ...{ status: 'active', denied_because: 'below_threshold', due_since: '2026-06-04T06:00:00.000Z' },
      next_run_at: '2026-06-04T07:00:30.000Z',
    });
    expect(chamber.held()).toHaveLength(148);
    complaining = new Set([5]);
    await load(150);
    const again = await run(4, 8);
    expect(again.delivery).toMatchObject({ status: 'delivered', report: { sent: { added: 1, removed: 0 } } });
    expect(again.schedule).toMatchObject({ denied_because: null, due_since: null });
    expect(again.schedule.next_run_at).toBe('2026-06-05T06:00:00.000Z');
  }, 60_000);

  test('three times as many as ever before wait for a person, as with any delivery', async () => {
    complaining = new Set();
    await load(460);
    const { delivery } = await run(5);
    expect(delivery).toMatchObject({ status: 'awaiting_approval' });
    await chamber.approve();
    await chamber.settle();
    expect(chamber.held()).toHaveLength(460);
    expect(await read()).toMatchObject({ denied_because: null, due_since: null });
  }, 60_000);

  test('without a visible version the run is denied once, and stays due', async () => {
    const { knex } = chamber.world.ground.db;
    const dataset = knex('datasets').where({ id: chamber.id('crm') });
    const { visible_version_id } = await dataset.clone().first('visible_version_id');
    await dataset.clone().update({ visible_version_id: null });
    const before = (await asService(() => listEvents(chamber.world))).length;
    const { schedule } = await run(6);
    await run(6, 7);
    expect(await asService(() => listEvents(chamber.world, before))).toEqual(['schedule.denied']);
    expect(schedule).toMatchObject({ denied_because: 'dataset_empty', due_since: '2026-06-06T06:00:00.000Z' });
    await dataset.clone().update({ visible_version_id });
    expect((await run(6, 8)).delivery).toMatchObject({ status: 'delivered' });
  }, 60_000);
});

describe('over a collaboration', () => {
  let world: World;
  afterEach(() => world.close());

  const id = (name: string) => world.names.get(name) ?? '';
  const knex = () => world.ground.db.knex;
  const read = async () =>
    (await world.call({ who: 'osec.analyst', method: 'GET', path: `/v1/schedules/${id('sch')}` })).body;
  const matchesNow = () => asService(async () => knex()('matches').orderBy('created_at').select('id', 'status'));

  async function begin() {
    world = await openWorld();
    await prepareActivation(world);
    const who = 'osec.analyst';
    const activation = { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' };
    await play(world, [
      { who, does: 'POST /v1/activations', sending: activation, gets: 201, leaves: 'activation.requested', as: 'act' },
      {
        ...{ who, does: 'POST /v1/activations/{act}/schedules', sending: { rule: 'FREQ=DAILY;BYHOUR=6;BYMINUTE=0' } },
        ...{ gets: 201, leaves: 'schedule.created', as: 'sch' },
      },
    ]);
    await asService(async () =>
      knex()('activations')
        .where({ id: id('act') })
        .update({ status: 'approved' }),
    );
  }

  /** As the worker leaves a contribution that was refreshed. */
  async function moveOn(contribution: string): Promise<void> {
    await asService(async () => {
      await knex()('contributions')
        .where({ id: id(contribution) })
        .update({ engine_id: newId('con') });
      await knex()('matches').where({ status: 'ready' }).update({ status: 'stale' });
    });
  }

  test('a match that is stale is made anew, once, and its run waits for it', async () => {
    await begin();
    await moveOn('rando.con');
    await sweepIn(world, '2026-06-02T06:00:30.000Z');
    await sweepIn(world, '2026-06-02T06:01:30.000Z');
    expect(await read()).toMatchObject({ denied_because: 'match_under_way', due_since: '2026-06-02T06:00:00.000Z' });
    const [, made, ...more] = await matchesNow();
    expect({ made, more }).toMatchObject({ made: { status: 'queued' }, more: [] });
    await asService(async () => knex()('matches').where({ id: made.id }).update({ status: 'ready' }));
    await sweepIn(world, '2026-06-02T06:02:30.000Z');
    const [delivery] = await asService(async () => knex()('deliveries').select('*'));
    expect(await read()).toMatchObject({ last_delivery_id: delivery.id });
    const audience = await asService(async () =>
      knex()('audiences')
        .where({ id: id('aud') })
        .first(),
    );
    expect(audience).toMatchObject({ match_id: made.id, status: 'queued', job_id: delivery.job_id });
  }, 60_000);

  test('an own contribution behind its dataset is not delivered, and the schedule says so', async () => {
    await begin();
    const newer = { visible_version_id: newId('dsv') };
    await asService(async () =>
      knex()('datasets')
        .where({ id: id('osec.dataset') })
        .update(newer),
    );
    await sweepIn(world, '2026-06-02T06:00:30.000Z');
    expect(await read()).toMatchObject({ denied_because: 'contribution_outdated', status: 'active' });
    expect(await asService(async () => knex()('deliveries').select('id'))).toEqual([]);
  }, 60_000);

  test('a partner that is under way is waited for, and a match that failed is not asked for again and again', async () => {
    await begin();
    await asService(async () =>
      knex()('contributions')
        .where({ id: id('rando.con') })
        .update({ status: 'contributing' }),
    );
    await sweepIn(world, '2026-06-02T06:00:30.000Z');
    expect(await read()).toMatchObject({ denied_because: 'contribution_not_ready' });
    await asService(async () =>
      knex()('contributions')
        .where({ id: id('rando.con') })
        .update({ status: 'ready' }),
    );
    await moveOn('rando.con');
    await sweepIn(world, '2026-06-02T06:01:30.000Z');
    await asService(async () => knex()('matches').where({ status: 'queued' }).update({ status: 'failed' }));
    await sweepIn(world, '2026-06-02T06:02:30.000Z');
    await sweepIn(world, '2026-06-02T06:03:30.000Z');
    expect(await read()).toMatchObject({ denied_because: 'match_failed' });
    expect(await matchesNow()).toHaveLength(2);
  }, 60_000);
});
