// Audiences end by themselves: nothing is delivered of one whose time is over, and its destruction is asked for once.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asService } from '../database/row-scope.ts';
import { play } from '../testing/play.ts';
import { endJobOf, meet } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { expireOverdue } from './expire.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await meet(world);
}, 60_000);
afterAll(() => world.close());

const jobsOf = (kind: string) =>
  asService(
    async () => (await world.ground.db.knex('jobs').where({ kind, subject_id: world.names.get('aud') })).length,
  );

test('an audience expires thirteen months after it was evaluated last', async () => {
  await play(world, [
    {
      who: 'osec.analyst',
      does: 'POST /v1/segments',
      sending: { name: 'dry', collaboration_id: '{col}', text: 'osec.last_raincoat < 2025-01-01' },
      gets: 201,
      leaves: 'segment.created',
      as: 'seg',
    },
    {
      who: 'osec.analyst',
      does: 'POST /v1/audiences',
      sending: { name: 'dry', segment_id: '{seg}', match_id: '{mat}' },
      gets: 202,
      showing: { expires_at: '2027-07-01T08:00:00.000Z' },
      leaves: 'audience.created',
      as: 'aud',
    },
  ]);
  await endJobOf(world, 'audiences', 'aud');
  await asService(() => expireOverdue(world.ground));
  expect(await jobsOf('expire-audience')).toBe(0);
  world.clock.moveTo('2027-07-01T08:00:00.001Z');
  await asService(() => expireOverdue(world.ground));
  await asService(() => expireOverdue(world.ground));
  expect(await jobsOf('expire-audience')).toBe(1);
  const { body } = await world.call({
    who: 'osec.analyst',
    method: 'GET',
    path: `/v1/audiences/${world.names.get('aud')}`,
  });
  expect(body).toMatchObject({ status: 'expired' });
});
