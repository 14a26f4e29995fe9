// An objection bars exactly what was objected to, and asks destinations that had the person for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asService } from '../database/row-scope.ts';
import { play } from '../testing/play.ts';
import { openWorld, type World } from '../testing/world.ts';
import { isListAbout } from './suppression-store.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

describe('an objection', () => {
  const objection = { who: 'osec.compliance-officer', does: 'POST /v1/objections' };
  const digests = ['a'.repeat(64)];

  it('goes to the one list of its scope, and destinations are searched', async () => {
    const sending = { digests, purposes: ['advertising'], destination_kinds: ['xandr'] };
    const asked = { ...objection, sending, gets: 202, leaves: 'objection.recorded' } as const;
    await play(world, [asked, asked]);
    const { body } = await world.call({ who: objection.who, method: 'GET', path: '/v1/suppression-lists' });
    expect(body.items).toMatchObject([{ purposes: ['advertising'], destination_kinds: ['xandr'] }]);
    const jobs = await asService(async () => world.ground.db.knex('jobs').pluck('kind'));
    expect(jobs.toSorted()).toEqual([
      'extend-suppression-list',
      'extend-suppression-list',
      'find-removals',
      'find-removals',
    ]);
  });

  it('names destinations that exist, and is not the analyst’s to make', async () => {
    await play(world, [
      { ...objection, sending: { digests, destination_kinds: ['xndr'] }, gets: 'request_invalid' },
      { ...objection, sending: { purposes: ['advertising'] }, gets: 'request_invalid' },
      { ...objection, sending: { digests, destination_ids: [`dst_${'0'.repeat(26)}`] }, gets: 'request_invalid' },
      { ...objection, who: 'osec.analyst', sending: { digests }, gets: 'forbidden', leaves: 'access.denied' },
    ]);
  });
});

it('a list about one purpose or destination does not bar another', () => {
  const list = (purposes: string | null, kinds: string | null, ids: string | null = null) => ({
    purposes,
    destination_kinds: kinds,
    destination_ids: ids,
  });
  const transfer = { purpose: 'advertising', destinationKind: 'xandr', destinationId: 'dst_1' };
  expect(isListAbout(list(null, null, '["dst_1"]'), transfer)).toBe(true);
  expect(isListAbout(list('["advertising"]', null, '["dst_2"]'), transfer)).toBe(false);
  expect(isListAbout(list(null, null), transfer)).toBe(true);
  expect(isListAbout(list('["advertising"]', null), transfer)).toBe(true);
  expect(isListAbout(list('["measurement"]', null), transfer)).toBe(false);
  expect(isListAbout(list('["advertising"]', '["meta"]'), transfer)).toBe(false);
  expect(isListAbout(list(null, '["meta","xandr"]'), transfer)).toBe(true);
});
