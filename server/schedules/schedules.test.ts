// Schedules as they run: the delivery of a member, once after a downtime, and none that its maker could not ask for.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '../database/row-scope.ts';
import { listEvents, play } from '../testing/play.ts';
import { endDryRun, prepareActivation } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { runDueSchedules } from './run-due-schedules.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await prepareActivation(world);
  await world.addMember({ tenant: 'osec', name: 'planner', roles: ['analyst'] });
}, 60_000);
afterAll(() => world.close());

const who = 'osec.planner';
const id = (name: string) => world.names.get(name) ?? '';
const read = async (name = 'sch') => (await world.call({ who, method: 'GET', path: `/v1/schedules/${id(name)}` })).body;
const deliveries = () => asService(async () => world.ground.db.knex('deliveries').orderBy('id').select('*'));

async function sweepAt(instant: string): Promise<string[]> {
  world.clock.moveTo(instant);
  const before = await asService(() => listEvents(world));
  await asService(() => runDueSchedules(world.ground));
  return listEvents(world, before.length);
}

/** As the worker would leave it. */
const endDeliveries = () =>
  asService(async () => world.ground.db.knex('deliveries').where({ status: 'queued' }).update({ status: 'delivered' }));

async function approve(): Promise<void> {
  await endDryRun(world, 'act');
  for (const tenant of ['osec', 'rando']) {
    const officer = `${tenant}.compliance-officer`;
    const { body } = await world.call({ who: officer, method: 'GET', path: '/v1/approvals?status=pending' });
    const path = `/v1/approvals/${body.items[0].id}/decision`;
    const decision = { outcome: 'approve', shown_hash: body.items[0].shown_hash };
    expect((await world.call({ who: officer, method: 'POST', path, body: decision })).status).toBe(200);
  }
}

test('a rule and a zone are checked where they are given, and the next run is shown', async () => {
  const activation = { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' };
  const does = 'POST /v1/activations/{act}/schedules';
  const rule = 'FREQ=DAILY;BYHOUR=6;BYMINUTE=30';
  await play(world, [
    { who, does: 'POST /v1/activations', sending: activation, gets: 201, leaves: 'activation.requested', as: 'act' },
    {
      who,
      does,
      sending: { rule: 'FREQ=YEARLY' },
      gets: 'request_invalid',
      showing: { errors: [{ pointer: '/rule' }] },
    },
    {
      ...{ who, does, sending: { rule, time_zone: 'Mars/Olympus' }, gets: 'request_invalid' },
      showing: { errors: [{ pointer: '/time_zone' }] },
    },
    {
      ...{ who, does, sending: { rule, time_zone: 'Europe/Paris' }, gets: 201, leaves: 'schedule.created', as: 'sch' },
      showing: { mode: 'delta', status: 'active', next_run_at: '2026-06-02T04:30:00.000Z', last_run_at: null },
    },
    { who: 'rando.analyst', does: 'GET /v1/schedules/{sch}', gets: 404 },
  ]);
});

test('before the approval a run is skipped, and the next one waits for its time', async () => {
  expect(await sweepAt('2026-06-02T04:29:59.000Z')).toEqual([]);
  expect(await sweepAt('2026-06-02T04:30:10.000Z')).toEqual(['schedule.skipped']);
  expect(await sweepAt('2026-06-02T04:31:10.000Z')).toEqual([]);
  expect(await read()).toMatchObject({ status: 'active', next_run_at: '2026-06-03T04:30:00.000Z' });
  expect(await deliveries()).toEqual([]);
});

test('an approved activation is delivered for the one who made the schedule, as a job of its own', async () => {
  await world.call({ who, method: 'POST', path: `/v1/activations/${id('act')}/submit` });
  await approve();
  expect(await sweepAt('2026-06-03T04:30:00.000Z')).toEqual(['delivery.requested']);
  const [delivery, ...more] = await deliveries();
  expect(more).toEqual([]);
  expect(delivery).toMatchObject({ activation_id: id('act'), mode: 'delta', status: 'queued' });
  const job = await asService(async () => world.ground.db.knex('jobs').where({ id: delivery.job_id }).first());
  expect(job).toMatchObject({ kind: 'deliver', tenant_id: id('osec'), created_by: id(who), turn_id: id('aud') });
  expect(await read()).toMatchObject({ last_run_at: '2026-06-03T04:30:00.000Z', last_delivery_id: delivery.id });
});

test('while one delivery is under way no other is lined up behind it', async () => {
  expect(await sweepAt('2026-06-04T05:00:00.000Z')).toEqual(['schedule.skipped']);
  expect(await deliveries()).toHaveLength(1);
});

test('after days of downtime it runs once, and then at its next time', async () => {
  await endDeliveries();
  expect(await sweepAt('2026-06-09T12:00:00.000Z')).toEqual(['delivery.requested']);
  await endDeliveries();
  expect(await sweepAt('2026-06-09T12:01:00.000Z')).toEqual([]);
  expect(await read()).toMatchObject({ next_run_at: '2026-06-10T04:30:00.000Z' });
});

test('two sweeps beside each other run it once', async () => {
  world.clock.moveTo('2026-06-10T04:30:00.000Z');
  const before = (await deliveries()).length;
  await asService(() => Promise.all([runDueSchedules(world.ground), runDueSchedules(world.ground)]));
  expect(await deliveries()).toHaveLength(before + 1);
  await endDeliveries();
});

test('a paused schedule stands still, and a resumed one makes up for nothing', async () => {
  await play(world, [
    {
      ...{ who, does: 'POST /v1/schedules/{sch}/pause', gets: 200, leaves: 'schedule.paused' },
      showing: { status: 'paused', paused_because: 'asked', next_run_at: null },
    },
  ]);
  expect(await sweepAt('2026-06-14T00:00:00.000Z')).toEqual([]);
  await play(world, [
    {
      ...{ who, does: 'POST /v1/schedules/{sch}/resume', gets: 200, leaves: 'schedule.resumed' },
      showing: { status: 'active', paused_because: null, next_run_at: '2026-06-14T04:30:00.000Z' },
    },
  ]);
  expect(await sweepAt('2026-06-14T00:01:00.000Z')).toEqual([]);
});

test('a schedule whose maker was removed is paused, and says why', async () => {
  await play(world, [
    { who: 'osec.admin', does: 'DELETE /v1/members/{osec.planner}', gets: 204, leaves: 'member.removed' },
  ]);
  expect(await sweepAt('2026-06-14T05:00:00.000Z')).toEqual(['schedule.paused']);
  const seen = await world.call({ who: 'osec.analyst', method: 'GET', path: `/v1/schedules/${id('sch')}` });
  expect(seen.body).toMatchObject({ status: 'paused', paused_because: 'member_not_permitted' });
});

test('what was approved has changed: the schedule is paused until somebody looks', async () => {
  await play(world, [
    {
      ...{
        who: 'osec.analyst',
        does: 'POST /v1/activations/{act}/schedules',
        sending: { rule: 'FREQ=DAILY', mode: 'full' },
      },
      ...{ gets: 201, leaves: 'schedule.created', as: 'whole' },
    },
  ]);
  await asService(async () =>
    world.ground.db
      .knex('destinations')
      .where({ id: id('dst') })
      .update({ settings: '{"folder":"elsewhere"}' }),
  );
  expect(await sweepAt('2026-06-20T05:00:00.000Z')).toEqual(['schedule.paused']);
  const seen = await world.call({ who: 'osec.analyst', method: 'GET', path: `/v1/schedules/${id('whole')}` });
  expect(seen.body).toMatchObject({ status: 'paused', paused_because: 'approval_outdated' });
});

test('a withdrawn activation takes no schedule, and a deleted schedule is gone', async () => {
  await play(world, [
    { who: 'osec.analyst', does: 'POST /v1/activations/{act}/withdraw', gets: 200, leaves: 'activation.cancelled' },
    {
      ...{ who: 'osec.analyst', does: 'POST /v1/activations/{act}/schedules', sending: { rule: 'FREQ=DAILY' } },
      gets: 'state_conflict',
    },
    { who: 'osec.analyst', does: 'DELETE /v1/schedules/{whole}', gets: 204, leaves: 'schedule.deleted' },
    { who: 'osec.analyst', does: 'GET /v1/schedules/{whole}', gets: 404 },
  ]);
});
