// What runs out ends for the dataset that it was said in. The same person stays where another dataset still sends it, at the same
// destination too, and leaves once nothing lets it go any more.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeTcString } from '../../matching/consent-strings/testing/tc-string-writer.ts';
import { sweep } from '../sweep/sweep.ts';
import { Chamber, PERSONS, VENDOR } from '../testing/chamber.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const agreed = (created: string) =>
  writeTcString({ created, consents: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], vendorConsents: [VENDOR] });
const everybody = Array.from({ length: PERSONS }, (_, n) => `id-${n}`).toSorted();
const but = (last: number) => everybody.filter((id) => Number(id.slice(3)) >= last);

let chamber: Chamber;
/** The newsletter's strings of the first ten end on 15 July 2026; the shop's of the first five on 15 September, all others in 2027. */
beforeAll(async () => {
  const cells = ['', '2025-06-15', '2025-08-15', '2025-12-15'].map((day) => day && agreed(`${day}T00:00:00Z`));
  chamber = await Chamber.open({ kind: 'tcf', cells });
  await chamber.load((person) => (person < 10 ? 1 : 3));
  await chamber.load((person) => (person < 5 ? 2 : 3), { dataset: 'shop' });
  await chamber.activate();
  await chamber.activate({ as: '-shop', dataset: 'shop', folder: 'shop' });
  await chamber.activate({ as: '-same', dataset: 'shop', at: '' });
  for (const as of ['', '-shop', '-same']) await chamber.deliver(as);
});
afterAll(() => chamber?.close());

async function dayOf(instant: string): Promise<void> {
  chamber.world.clock.moveTo(instant);
  await sweep(chamber.world.ground);
  await chamber.settle();
}

const removalsFor = async (name: string) =>
  (await chamber.call('compliance-officer', `GET /v1/removals?request_id=${chamber.id(name)}`)).items;

test("the newsletter's consent ends, and nobody leaves the shop's audiences for it", async () => {
  expect(chamber.held()).toEqual(everybody);
  await dayOf('2026-07-16T08:00:00.000Z');
  expect(chamber.held('shop')).toEqual(everybody);
  // The newsletter lets ten go; the folder has them by the shop as well, and keeps them.
  expect(chamber.held()).toEqual(everybody);
  expect(await removalsFor('crm')).toMatchObject([{ status: 'confirmed', reason: 'expired', removed: 0 }]);
  expect(await removalsFor('shop')).toEqual([]);
  expect((await chamber.deliver('')).report.sent).toEqual({ added: 0, removed: 0 });
});

test("once the shop's consent ends as well, they leave every place", async () => {
  await dayOf('2026-09-16T08:00:00.000Z');
  expect(chamber.held('shop')).toEqual(but(5));
  expect(chamber.held()).toEqual(but(5));
  expect((await removalsFor('shop')).map(({ removed }: { removed: number }) => removed)).toEqual([5, 5]);
});

test('a person of whom newer evidence stands by another identifier stays; without it, it is taken out', async () => {
  const evidence = (person: number, obtained_at: string, expires_at?: string) => ({
    action: 'grant',
    digest: chamber.digestOf(person),
    purposes: ['advertising'],
    destinations: ['file'],
    text_sha256: 'a'.repeat(64),
    source: 'form',
    obtained_at,
    ...(expires_at === undefined ? {} : { expires_at }),
  });
  const day = '2026-09-15T08:00:00.000Z';
  const shortly = [30, 31].map((person) => evidence(person, day, '2026-09-20T08:00:00.000Z'));
  // Of the one, a record id of the shop's dataset carries a later agreement: there it stands, in the newsletter it does not.
  const { digest: _, ...later } = evidence(31, '2026-09-15T09:00:00.000Z');
  const byRecord = { ...later, dataset_id: chamber.id('shop'), record_id: 'c31' };
  await chamber.call('compliance-officer', 'POST /v1/consents', { changes: [...shortly, byRecord] });
  await dayOf('2026-09-21T08:00:00.000Z');
  expect(chamber.held('shop')).toEqual(but(5).filter((id) => id !== 'id-30'));
  expect(chamber.held()).toEqual(but(5).filter((id) => id !== 'id-30'));
  const told = await chamber.deliver('-shop');
  expect(told.report.sent).toEqual({ added: 0, removed: 0 });
});

test('a dataset whose time is over takes out only whom no other dataset sends', async () => {
  const { knex } = chamber.world.ground.db;
  await knex('datasets')
    .where({ id: chamber.id('shop') })
    .update({ expires_at: '2026-10-01T00:00:00.000Z' });
  await dayOf('2026-10-01T08:00:00.000Z');
  expect(chamber.held('shop')).toEqual([]);
  // The newsletter let go of its first ten, and of both whose evidence ran out.
  expect(chamber.held()).toEqual(but(10).filter((id) => id !== 'id-30' && id !== 'id-31'));
  expect(await tracesOf('id-31')).toEqual([]);
});

/** Tables of what destinations were told that still name it. */
async function tracesOf(id: string): Promise<string[]> {
  const told = (await chamber.engine.listTables()).filter((name) => name.includes('_delivered_'));
  const traces: string[] = [];
  for (const name of told) {
    if ((await chamber.engine.query(`SELECT id FROM ${name} WHERE id = {id:String}`, { id })).length > 0)
      traces.push(name);
  }
  return traces;
}
