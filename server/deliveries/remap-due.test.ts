// Ids of an operator are asked for anew once the first of them is due, and not before.
import { afterAll, expect, test } from 'vitest';
import { Chamber, PERSONS } from '../testing/chamber.ts';
import { isRemap, remapDueAfter } from './remap-due.ts';

const [early, late] = ['2026-06-01T00:00:00.000Z', '2026-09-01T00:00:00.000Z'];

test('the earliest due is kept until everybody was told again', () => {
  const nowDueAtMs = Date.parse(late);
  expect(remapDueAfter({ before: early, toldEverybody: false, nowDueAtMs })).toBe(early);
  expect(remapDueAfter({ before: early, toldEverybody: true, nowDueAtMs })).toBe(late);
  expect(remapDueAfter({ before: late, toldEverybody: false, nowDueAtMs: Date.parse(early) })).toBe(early);
  expect(remapDueAfter({ before: undefined, toldEverybody: false, nowDueAtMs })).toBe(late);
});

test('a delivery that asked for nobody leaves what was', () => {
  expect(remapDueAfter({ before: early, toldEverybody: true, nowDueAtMs: undefined })).toBe(early);
  expect(remapDueAfter({ before: undefined, toldEverybody: false, nowDueAtMs: undefined })).toBeUndefined();
});

test('a delivery is a remap from the due instant on, by the time when it was asked for', () => {
  expect(isRemap(early, { createdAt: early })).toBe(true);
  expect(isRemap(late, { createdAt: early })).toBe(false);
  expect(isRemap(undefined, { createdAt: early })).toBe(false);
});

let chamber: Chamber | undefined;
afterAll(() => chamber?.close());

test('a delivery after the due instant tells everybody again, one before it what changed', async () => {
  chamber = await Chamber.open();
  await chamber.load(() => 1);
  await chamber.activate();
  const first = await chamber.deliver();
  expect(first.report.sent).toEqual({ added: PERSONS, removed: 0 });
  const { knex } = chamber.world.ground.db;
  const keptOf = async (id: string) => JSON.parse((await knex('deliveries').where({ id }).first('report')).report);
  const runsOut = async (id: string, remap_due_at: string) => {
    const report = JSON.stringify({ ...(await keptOf(id)), remap_due_at });
    await knex('deliveries').where({ id }).update({ report });
  };
  const later = '2099-01-01T00:00:00.000Z';
  await runsOut(first.id, later);
  const second = await chamber.deliver();
  expect(second.report.sent).toEqual({ added: 0, removed: 0 });
  // It hands on what it found, which is not shown.
  expect(Object.keys(second.report)).not.toContain('remap_due_at');
  expect((await keptOf(second.id)).remap_due_at).toBe(later);
  await runsOut(second.id, '2020-01-01T00:00:00.000Z');
  expect((await chamber.deliver()).report.sent).toEqual({ added: PERSONS, removed: 0 });
}, 120_000);
