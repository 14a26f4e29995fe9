// Record stores and a whole collaboration, from the draft to the end, keep the same promises on PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOverdueCollaborations } from '../../server/collaborations/end-overdue-collaborations.ts';
import { openDatabase } from '../../server/database/database.ts';
import { play } from '../../server/testing/play.ts';
import { recordStoreSuite } from '../../server/testing/record-store-suite.ts';
import { prepareActivation } from '../../server/testing/stages.ts';
import { openWorld, type World } from '../../server/testing/world.ts';
import { type Postgres, startPostgres } from './postgres.ts';

describe('record stores', () => {
  let postgres: Postgres | undefined;
  afterAll(() => postgres?.stop());
  recordStoreSuite(async () => {
    postgres = await startPostgres();
    return openDatabase({ dialect: 'postgres', url: postgres.url });
  });
});

describe('a collaboration', () => {
  let postgres: Postgres;
  let world: World;
  beforeAll(async () => {
    postgres = await startPostgres();
    world = await openWorld(['osec', 'rando'], { dialect: 'postgres', url: postgres.url });
  });
  afterAll(async () => {
    await world.close();
    await postgres.stop();
  });

  it('is drafted, joined, contributed to, matched, activated, changed and ended', async () => {
    await prepareActivation(world);
    const terms = {
      identifier_types: ['email'],
      cardinality: 'many',
      privacy_threshold: 60,
      ends_at: '2026-07-01T00:00:00Z',
    };
    await play(world, [
      {
        who: 'osec.analyst',
        does: 'POST /v1/activations',
        sending: { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' },
        gets: 201,
        leaves: 'activation.requested',
        as: 'act',
      },
      { who: 'osec.analyst', does: 'POST /v1/activations/{act}/submit', gets: 200, leaves: 'approval.requested' },
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations/{col}/changes',
        sending: { kind: 'set-terms', terms },
        gets: 201,
        leaves: 'change.proposed',
        as: 'change',
      },
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{col}/changes/{change}/decision',
        sending: { outcome: 'accept' },
        gets: 200,
        leaves: ['change.accepted', 'change.applied'],
      },
      { who: 'osec.analyst', does: 'GET /v1/matches/{mat}', gets: 200, showing: { status: 'stale' } },
      {
        who: 'rando.analyst',
        does: 'GET /v1/collaborations',
        gets: 200,
        showing: { items: [{ id: '{col}', status: 'active' }] },
      },
    ]);
    world.clock.moveTo('2026-07-01T00:00:00.000Z');
    expect(await endOverdueCollaborations(world.ground)).toBe(1);
    await play(world, [
      { who: 'rando.analyst', does: 'GET /v1/collaborations/{col}', gets: 200, showing: { status: 'ended' } },
      { who: 'rando.analyst', does: 'GET /v1/contributions/{osec.con}', gets: 200, showing: { status: 'withdrawn' } },
    ]);
  });
});
