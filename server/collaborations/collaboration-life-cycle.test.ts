// The life of a collaboration over HTTP: who may take which step, who sees it meanwhile, and what each step leaves behind.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collaborationKey } from '../keys/key-ring.ts';
import { play } from '../testing/play.ts';
import { activate, addDataset, contribute } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';
import { endOverdueCollaborations } from './end-overdue-collaborations.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await addDataset(world, { tenant: 'osec', as: 'crm' });
});
afterAll(() => world.close());

const draft = (name: string, others: readonly string[] = ['rando'], terms?: object) => ({
  name,
  alias: 'osec',
  members: others.map((tenant) => ({ tenant_id: `{${tenant}}`, alias: tenant })),
  ...(terms === undefined ? {} : { terms }),
});

describe('a draft', () => {
  it('is seen by its owner alone until the invitations are sent', async () => {
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('secret plan'),
        gets: 201,
        showing: { status: 'draft', terms: { cardinality: 'one-to-one', privacy_threshold: 50, ends_at: null } },
        leaves: 'collaboration.created',
        as: 'plan',
      },
      { who: 'osec.analyst', does: 'GET /v1/collaborations/{plan}', gets: 200, showing: { id: '{plan}' } },
      { who: 'rando.admin', does: 'GET /v1/collaborations/{plan}', gets: 'not_found', hiding: ['secret plan'] },
      { who: 'rando.admin', does: 'GET /v1/collaborations', gets: 200, hiding: ['plan', 'secret plan'] },
      { who: 'rando.admin', does: 'POST /v1/collaborations/{plan}/accept', gets: 'not_found' },
      { who: 'rando.admin', does: 'POST /v1/collaborations/{plan}/invite', gets: 'not_found' },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{plan}/leave', gets: 'state_conflict' },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{plan}/invite', gets: 200, leaves: 'invitation.sent' },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{plan}/invite', gets: 'conflict' },
      { who: 'rando.analyst', does: 'GET /v1/collaborations/{plan}', gets: 200, showing: { status: 'invited' } },
      { who: 'velo.admin', does: 'GET /v1/collaborations/{plan}', gets: 'not_found', hiding: ['secret plan'] },
    ]);
  });

  it('is refused with the spot of each fault', async () => {
    const stranger = { tenant_id: 'ten_00000000000000000000000000', alias: 'stranger' };
    const at = (pointer: string) => ({ errors: [{ pointer }] });
    const who = 'osec.admin';
    const does = 'POST /v1/collaborations';
    await play(world, [
      {
        who,
        does,
        sending: { ...draft('x'), members: [stranger] },
        gets: 'request_invalid',
        showing: at('/members'),
      },
      { who, does, sending: draft('x', ['rando', 'rando']), gets: 'request_invalid', showing: at('/members') },
      { who, does, sending: draft('x', ['osec']), gets: 'request_invalid', showing: at('/members') },
      {
        who,
        does,
        sending: draft('x', ['rando'], { ends_at: '2026-05-31T00:00:00Z' }),
        gets: 'request_invalid',
        showing: at('/terms/ends_at'),
      },
      { who, does, sending: draft('x', ['rando'], { privacy_threshold: 49 }), gets: 'request_invalid' },
    ]);
  });

  it('is for admins: no other role drafts, invites or accepts', async () => {
    const steps = ['analyst', 'data-engineer', 'compliance-officer', 'connector'].map((role) => ({
      who: `osec.${role}`,
      does: 'POST /v1/collaborations',
      sending: draft('x'),
      gets: 'forbidden' as const,
      leaves: 'access.denied' as const,
    }));
    await play(world, steps);
  });
});

describe('an invitation', () => {
  it('makes the collaboration active once every member has accepted, with a key and a salt of its own', async () => {
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('three', ['rando', 'velo']),
        gets: 201,
        leaves: 'collaboration.created',
        as: 'three',
      },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{three}/invite', gets: 200, leaves: 'invitation.sent' },
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{three}/accept',
        gets: 200,
        showing: { status: 'invited' },
        leaves: 'invitation.accepted',
      },
      { who: 'rando.admin', does: 'POST /v1/collaborations/{three}/accept', gets: 'conflict' },
      { who: 'velo.data-engineer', does: 'GET /v1/salts?collaboration_id={three}', gets: 'not_found' },
      {
        who: 'velo.admin',
        does: 'POST /v1/collaborations/{three}/accept',
        gets: 200,
        showing: { status: 'active' },
        leaves: ['invitation.accepted', 'collaboration.activated', 'salt.issued'],
      },
      {
        who: 'velo.data-engineer',
        does: 'GET /v1/salts?collaboration_id={three}',
        gets: 200,
        showing: { items: [{ epoch: 1, scope: 'collaboration', collaboration_id: '{three}' }] },
        leaves: 'salt.read',
      },
    ]);
    expect(await world.ground.keys.hasKey(world.ground.db, collaborationKey(world.names.get('three') ?? ''))).toBe(
      true,
    );
  });

  it('can be declined: those who remain go on, and whoever declined sees nothing any more', async () => {
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('two of three', ['rando', 'velo']),
        gets: 201,
        leaves: 'collaboration.created',
        as: 'rest',
      },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{rest}/invite', gets: 200, leaves: 'invitation.sent' },
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{rest}/accept',
        gets: 200,
        leaves: 'invitation.accepted',
      },
      {
        who: 'velo.admin',
        does: 'POST /v1/collaborations/{rest}/decline',
        gets: 200,
        showing: { status: 'active' },
        leaves: ['invitation.declined', 'collaboration.activated', 'salt.issued'],
      },
      { who: 'velo.admin', does: 'GET /v1/collaborations/{rest}', gets: 'not_found', hiding: ['two of three'] },
      { who: 'velo.admin', does: 'GET /v1/collaborations', gets: 200, hiding: ['rest'] },
      { who: 'velo.data-engineer', does: 'GET /v1/salts?collaboration_id={rest}', gets: 'not_found' },
    ]);
  });

  it('declined by the only partner ends the collaboration', async () => {
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('alone'),
        gets: 201,
        leaves: 'collaboration.created',
        as: 'alone',
      },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{alone}/invite', gets: 200, leaves: 'invitation.sent' },
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{alone}/decline',
        gets: 200,
        showing: { status: 'ended' },
        leaves: ['invitation.declined', 'collaboration.ended'],
      },
      { who: 'osec.admin', does: 'GET /v1/collaborations/{alone}', gets: 200, showing: { status: 'ended' } },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{alone}/end', gets: 'state_conflict' },
    ]);
  });
});

describe('leaving', () => {
  it('withdraws the own contributions, and is told to the others only as a member that left', async () => {
    await activate(world, { as: 'trio', tenants: ['osec', 'rando', 'velo'] });
    await contribute(world, {
      in: 'trio',
      tenant: 'osec',
      dataset: 'crm',
      alias: 'osec_crm',
      as: 'trio.crm',
      accepting: ['rando', 'velo'],
    });
    await play(world, [
      { who: 'rando.admin', does: 'POST /v1/collaborations/{trio}/end', gets: 'state_conflict' },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{trio}/leave', gets: 202, leaves: 'collaboration.left' },
      { who: 'osec.admin', does: 'GET /v1/collaborations/{trio}', gets: 'not_found' },
      { who: 'osec.admin', does: 'GET /v1/contributions/{trio.crm}', gets: 'not_found' },
      { who: 'osec.data-engineer', does: 'GET /v1/salts?collaboration_id={trio}', gets: 'not_found' },
      { who: 'rando.admin', does: 'GET /v1/collaborations/{trio}', gets: 200, showing: { status: 'active' } },
      { who: 'rando.admin', does: 'GET /v1/contributions/{trio.crm}', gets: 200, showing: { status: 'withdrawn' } },
    ]);
  });

  it('answers with a job that the leaver can follow', async () => {
    await activate(world, { as: 'duo', tenants: ['osec', 'rando'] });
    const path = `/v1/collaborations/${world.names.get('duo')}/leave`;
    const { body } = await world.call({ who: 'rando.admin', method: 'POST', path });
    world.names.set('drop', body.job_id);
    await play(world, [
      { who: 'rando.admin', does: 'GET /v1/jobs/{drop}', gets: 200, showing: { id: '{drop}' } },
      { who: 'osec.admin', does: 'GET /v1/jobs/{drop}', gets: 'not_found' },
      { who: 'osec.admin', does: 'GET /v1/collaborations/{duo}', gets: 200, showing: { status: 'ended' } },
    ]);
  });
});

describe('the end', () => {
  it('destroys the key and the salts', async () => {
    await activate(world, { as: 'short', tenants: ['osec', 'rando'] });
    const id = world.names.get('short') ?? '';
    await play(world, [
      { who: 'osec.admin', does: 'POST /v1/collaborations/{short}/end', gets: 202, leaves: 'collaboration.ended' },
      { who: 'osec.data-engineer', does: 'GET /v1/salts?collaboration_id={short}', gets: 'not_found' },
      { who: 'rando.admin', does: 'POST /v1/collaborations/{short}/leave', gets: 'state_conflict' },
    ]);
    expect(await world.ground.db.knex('wrapped_keys').where({ owner_id: id })).toEqual([]);
  });

  it('leaves no key to rotate; while it lives, an admin of a member may ask for it', async () => {
    const rotate = (who: string) => ({
      who,
      does: 'POST /v1/keys/rotations',
      sending: { collaboration_id: '{keyed}' },
    });
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('keyed'),
        gets: 201,
        leaves: 'collaboration.created',
        as: 'keyed',
      },
      { ...rotate('osec.admin'), gets: 'state_conflict' },
    ]);
    await activate(world, { as: 'keyed', tenants: ['osec', 'rando'] });
    await play(world, [
      { ...rotate('rando.admin'), gets: 202, leaves: 'key.rotation-requested' },
      { ...rotate('rando.analyst'), gets: 'forbidden', leaves: 'access.denied' },
      { ...rotate('velo.admin'), gets: 'not_found' },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{keyed}/end', gets: 202, leaves: 'collaboration.ended' },
      { ...rotate('osec.admin'), gets: 'not_found' },
    ]);
  });

  it('comes by itself at the end date: no use from that instant, and the sweep destroys what is left', async () => {
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations',
        sending: draft('dated', ['rando'], { ends_at: '2026-07-01T00:00:00Z' }),
        gets: 201,
        leaves: 'collaboration.created',
        as: 'dated',
      },
      { who: 'osec.admin', does: 'POST /v1/collaborations/{dated}/invite', gets: 200, leaves: 'invitation.sent' },
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{dated}/accept',
        gets: 200,
        leaves: ['invitation.accepted', 'collaboration.activated', 'salt.issued'],
      },
    ]);
    expect(await endOverdueCollaborations(world.ground)).toBe(0);
    world.clock.moveTo('2026-07-01T00:00:00.000Z');
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations/{dated}/changes',
        sending: { kind: 'add-member', tenant_id: '{velo}', alias: 'velo' },
        gets: 'state_conflict',
      },
    ]);
    expect(await endOverdueCollaborations(world.ground)).toBe(1);
    expect(await endOverdueCollaborations(world.ground)).toBe(0);
    const last = await world.ground.db.knex('audit_leaves').orderBy('leaf_index', 'desc').first();
    expect(last).toMatchObject({ event: 'collaboration.expired', subject_id: world.names.get('dated') });
    const keys = await world.ground.db.knex('wrapped_keys').where({ owner_id: world.names.get('dated') ?? '' });
    expect(keys).toEqual([]);
  });
});
