// Frequency of contact, as a folder sees it: once whatever the number of ids, never who is in an excluded audience, and no more
// audiences than the tenant allows. The counts are those of the dry run and the report, above the threshold alone.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chamber } from '../testing/chamber.ts';

const PEOPLE = 240;
let chamber: Chamber;
let complaining = new Set<number>();
beforeAll(async () => {
  chamber = await Chamber.open();
  await load();
  await chamber.select({ as: '.customers', text: 'own.spend >= 200' });
  await chamber.select({ as: '.complaints', text: 'own.complaint = true' });
}, 120_000);
afterAll(() => chamber.close());

const load = () => chamber.load(() => 1, { persons: PEOPLE, complains: (n) => complaining.has(n) });
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `id-${from + n}`).sort();
const everybody = 'own.spend >= 0';

async function dryRun(as: string) {
  await chamber.call('analyst', `POST /v1/activations/${chamber.id(`act${as}`)}/dry-run`);
  await chamber.settle();
  return (await chamber.call('analyst', `GET /v1/activations/${chamber.id(`act${as}`)}`)).dry_run;
}

const putCap = (audiences: number | null, window_days = 30) =>
  chamber.call('compliance-officer', 'PUT /v1/contact-cap', { audiences, window_days });

test('members of an excluded audience and persons of an excluded segment are left out, and counted above the threshold', async () => {
  complaining = new Set(Array.from({ length: 60 }, (_, n) => n));
  await load();
  const exclude = { audience_ids: [chamber.id('aud.customers')], segment_ids: [chamber.id('seg.complaints')] };
  await chamber.activate({ as: '.kept', text: everybody, folder: 'kept', exclude });
  expect(await dryRun('.kept')).toMatchObject({
    would_deliver: { value: 140 },
    refused: { excluded_audience: { value: 100 } },
  });
  const { status, report } = await chamber.deliver('.kept');
  expect({ status, report }).toMatchObject({
    status: 'delivered',
    report: { sent: { added: 140, removed: 0 }, refused: { excluded_audience: { value: 100 } } },
  });
  expect(chamber.held('kept')).toEqual(ids(60, 200));
}, 60_000);

test('what is left out is part of what is approved', async () => {
  const { items } = await chamber.call('compliance-officer', 'GET /v1/approvals');
  expect(items[0].summary).toContain('leaving out audience "Everybody .customers" and segment "Everybody .complaints"');
  expect(items[0].shown.proposed.excluding).toHaveLength(2);
});

test('who comes to be excluded is removed by the next delivery, and who is no longer comes back', async () => {
  complaining = new Set(Array.from({ length: 60 }, (_, n) => n + 1));
  await load();
  const { report } = await chamber.deliver('.kept');
  expect(report.sent).toEqual({ added: 1, removed: 1 });
  expect(chamber.held('kept')).toEqual([...ids(61, 200), 'id-0'].sort());
}, 60_000);

test('while it is unknown whom to leave out, nothing is delivered', async () => {
  const { knex } = chamber.world.ground.db;
  const excluded = { id: chamber.id('aud.customers') };
  await knex('audiences').where(excluded).update({ status: 'expired' });
  expect(await chamber.deliver('.kept')).toMatchObject({ status: 'failed', phase: 'exclusion_not_ready' });
  await knex('audiences').where(excluded).update({ status: 'ready' });
}, 60_000);

test('an audience cannot leave itself out, and no segment of a collaboration is taken', async () => {
  const wish = { audience_id: chamber.id('aud.kept'), destination_id: chamber.id('dst.kept'), purpose: 'advertising' };
  const draft = (exclude: object) => chamber.call('analyst', 'POST /v1/activations', { ...wish, exclude });
  await expect(draft({ audience_ids: [wish.audience_id] })).rejects.toThrow('/exclude/audience_ids/0');
  await expect(draft({ segment_ids: ['seg_00000000000000000000000000'] })).rejects.toThrow('404');
});

test('of three audiences with a person, the two that came first keep it', async () => {
  await putCap(2);
  await chamber.activate({ as: '.a', text: 'own.spend < 100', folder: 'a' });
  await chamber.activate({ as: '.b', text: 'own.spend < 220', folder: 'b' });
  await chamber.deliver('.a');
  // In both are 61 to 99 and the first; and 60, who was taken out of `kept` within the window.
  expect((await chamber.deliver('.b')).report.sent).toEqual({ added: 179, removed: 0 });
  expect(chamber.held('b')).toEqual([...ids(1, 60), ...ids(100, 220)].sort());
  expect(await dryRun('.b')).toMatchObject({
    would_deliver: { value: 180 },
    refused: { marketing_pressure: { fewer_than: 50 } },
  });
}, 90_000);

test('asking again says the same, and a lower bound takes out of the audiences that came last', async () => {
  expect((await chamber.deliver('.b')).report.sent).toEqual({ added: 0, removed: 0 });
  await putCap(1);
  expect((await chamber.deliver('.kept')).report.sent).toEqual({ added: 0, removed: 0 });
  expect((await chamber.deliver('.a')).report.sent).toEqual({ added: 0, removed: 41 });
  expect(chamber.held('a')).toEqual(ids(1, 60));
  // Whom it would have left are too few to leave.
  expect(await chamber.deliver('.b')).toMatchObject({ status: 'refused', decision: { reasons: ['below_threshold'] } });
}, 90_000);

test('two deliveries at once do not both reach a person', async () => {
  await chamber.load(() => 1, { persons: 400 });
  await chamber.activate({ as: '.c', text: 'own.spend >= 240', folder: 'c' });
  await chamber.activate({ as: '.d', text: 'own.spend >= 240', folder: 'd' });
  // Whoever waits for its turn waits by the clock.
  const { clock } = chamber.world;
  const passing = setInterval(() => clock.moveTo(new Date(clock.now().getTime() + 500).toISOString()), 100);
  await Promise.all(['.c', '.d'].map((as) => chamber.deliver(as))).finally(() => clearInterval(passing));
  expect([chamber.held('c'), chamber.held('d')].toSorted((one, other) => one.length - other.length)).toEqual([
    [],
    ids(240, 400),
  ]);
}, 90_000);
