// Destinations over HTTP: every fault of settings at its pointer, credentials never shown and shredded with the destination.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDestinations } from '../../connectors/registry.ts';
import { play, type Step } from '../testing/play.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const SECRET = 'correct-horse-battery';
const XANDR = {
  name: 'Seat',
  kind: 'xandr',
  settings: { member_id: 7, segment_id: 12, id_type: 'xandr-user-id' },
  credentials: { username: 'robot', password: SECRET },
};

const configure = (sending: object, rest: Partial<Step> = {}): Step => ({
  who: 'osec.admin',
  does: 'POST /v1/destinations',
  sending: { ...XANDR, ...sending },
  gets: 201,
  ...rest,
});

describe('configuring', () => {
  it('never shows credentials, to nobody', async () => {
    const hiding = [SECRET, 'robot'];
    await play(world, [
      configure({}, { showing: { kind: 'xandr', region: 'eu' }, hiding, leaves: 'destination.created', as: 'dst' }),
      ...['admin', 'analyst', 'compliance-officer', 'connector'].map((role) => ({
        who: `osec.${role}`,
        does: 'GET /v1/destinations/{dst}',
        gets: 200,
        showing: { settings: XANDR.settings },
        hiding,
      })),
      { who: 'osec.admin', does: 'GET /v1/destinations', gets: 200, hiding },
    ]);
    const leaves = await world.ground.db.knex('audit_leaves').select('leaf');
    expect(JSON.stringify(leaves)).not.toContain(SECRET);
  });

  it('points at every fault without repeating a value', async () => {
    const at = (...pointers: string[]) => ({ errors: pointers.map((pointer) => ({ pointer })) });
    const settings = { ...XANDR.settings, member_id: 'seven', colour: 'red' };
    await play(world, [
      configure({ kind: 'xndr' }, { gets: 'request_invalid', showing: at('/kind') }),
      configure(
        { settings, credentials: { username: 'robot', password: 7 } },
        {
          gets: 'request_invalid',
          showing: at('/settings/colour', '/settings/member_id', '/credentials/password'),
          hiding: ['seven', 'robot'],
        },
      ),
      // Either a password or a key: what lies between fields is looked at once each of them is well.
      configure(
        { credentials: { username: 'robot' } },
        { gets: 'request_invalid', showing: at('/credentials/password'), hiding: ['robot'] },
      ),
    ]);
  });

  it('is for admins, and a destination is its tenant’s alone', async () => {
    await play(world, [
      configure({}, { who: 'osec.analyst', gets: 'forbidden', leaves: 'access.denied' }),
      configure({}, { leaves: 'destination.created', as: 'dst' }),
      { who: 'rando.admin', does: 'GET /v1/destinations/{dst}', gets: 'not_found' },
      { who: 'rando.admin', does: 'DELETE /v1/destinations/{dst}', gets: 'not_found' },
      { who: 'rando.admin', does: 'GET /v1/destinations', gets: 200, showing: { items: [] } },
      { who: 'osec.admin', does: 'POST /v1/destinations/{dst}/test', gets: 202, leaves: 'destination.test-requested' },
    ]);
  });

  it('lists the kinds with their fields, as data', async () => {
    const { body } = await world.call({ who: 'osec.analyst', method: 'GET', path: '/v1/destination-kinds' });
    const kinds = body.items.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(listDestinations().map(({ kind }) => kind));
    expect(kinds).toEqual(expect.arrayContaining(['xandr', 'file', 'webhook']));
  });
});

describe('removing', () => {
  it('shreds the credentials; the destination is gone for every reader', async () => {
    await play(world, [configure({}, { leaves: 'destination.created', as: 'dst' })]);
    const key = { purpose: 'credential', object_id: world.names.get('dst') ?? '' };
    expect(await world.ground.db.knex('wrapped_keys').where(key)).toHaveLength(1);
    await play(world, [
      { who: 'osec.admin', does: 'DELETE /v1/destinations/{dst}', gets: 204, leaves: 'destination.deleted' },
      { who: 'osec.admin', does: 'GET /v1/destinations/{dst}', gets: 'not_found' },
      { who: 'osec.admin', does: 'POST /v1/destinations/{dst}/test', gets: 'not_found' },
      { who: 'osec.admin', does: 'DELETE /v1/destinations/{dst}', gets: 'not_found' },
    ]);
    expect(await world.ground.db.knex('wrapped_keys').where(key)).toEqual([]);
  });
});
