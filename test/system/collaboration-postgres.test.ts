// Record stores and a whole collaboration, from the draft to the end, keep the same promises on PostgreSQL.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endOverdueCollaborations } from '../../server/collaborations/end-overdue-collaborations.ts';
import { openDatabase } from '../../server/database/database.ts';
import { asService } from '../../server/database/row-scope.ts';
import { play, type Step } from '../../server/testing/play.ts';
import { recordStoreSuite } from '../../server/testing/record-store-suite.ts';
import { activate, addDataset, contribute, prepareActivation } from '../../server/testing/stages.ts';
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
    const { url: ownerUrl, serviceUrl: url } = postgres;
    world = await openWorld(['osec', 'rando'], { dialect: 'postgres', url, ownerUrl });
  });
  afterAll(async () => {
    await world.close();
    await postgres.stop();
  });

  it('keeps what was withdrawn withdrawn, when a refresh comes at the same time', async () => {
    await activate(world, { as: 'col', tenants: ['osec', 'rando'] });
    await addDataset(world, { tenant: 'osec', as: 'crm' });
    for (const alias of ['one', 'two', 'three', 'four', 'five']) {
      const of = { in: 'col', tenant: 'osec', dataset: 'crm', alias, as: 'con' };
      await contribute(world, { ...of, accepting: ['rando'] });
      const path = `/v1/contributions/${world.names.get('con')}`;
      const who = 'osec.data-engineer';
      const [refreshed, withdrawn] = await Promise.all([
        world.call({ who, method: 'POST', path: `${path}/refresh` }),
        world.call({ who, method: 'DELETE', path }),
      ]);
      expect([202, 409]).toContain(refreshed.status);
      expect(withdrawn.status).toBe(202);
      const { body } = await world.call({ who, method: 'GET', path });
      expect(body.status).toBe('withdrawn');
    }
  });

  it('is drafted, joined, contributed to, matched, activated, changed and ended', async () => {
    await prepareActivation(world);
    await play(world, ACTIVATED);
    await play(world, CHANGED);
    world.clock.moveTo(TERMS.ends_at);
    expect(await asService(() => endOverdueCollaborations(world.ground))).toBe(1);
    await play(world, ENDED);
  });
});

const TERMS = {
  identifier_types: ['email'],
  cardinality: 'many',
  privacy_threshold: 60,
  ends_at: '2026-07-01T00:00:00.000Z',
};

const ACTIVATED: Step[] = [
  {
    who: 'osec.analyst',
    does: 'POST /v1/activations',
    sending: { audience_id: '{aud}', destination_id: '{dst}', purpose: 'advertising' },
    gets: 201,
    leaves: 'activation.requested',
    as: 'act',
  },
  {
    who: 'osec.analyst',
    does: 'POST /v1/activations/{act}/submit',
    gets: 200,
    leaves: ['approval.requested', 'activation.preview-requested'],
  },
  {
    who: 'osec.analyst',
    does: 'POST /v1/collaborations/{col}/runs',
    sending: { analysis: 'overlap', match_id: '{mat}' },
    gets: 202,
    showing: { cost: { is_free: false } },
    leaves: 'analysis.requested',
  },
  {
    who: 'rando.analyst',
    does: 'GET /v1/collaborations/{col}/privacy-budget',
    gets: 200,
    // (2 + 2) / (2 · 50²), which the partner sees spent too.
    showing: { spent_pico_rho: 800_000_000 },
  },
];

const CHANGED: Step[] = [
  {
    who: 'osec.admin',
    does: 'POST /v1/collaborations/{col}/changes',
    sending: { kind: 'set-terms', terms: TERMS },
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
    showing: { items: expect.arrayContaining([expect.objectContaining({ status: 'active' })]) },
  },
];

const ENDED: Step[] = [
  { who: 'rando.analyst', does: 'GET /v1/collaborations/{col}', gets: 200, showing: { status: 'ended' } },
  { who: 'rando.analyst', does: 'GET /v1/contributions/{osec.con}', gets: 200, showing: { status: 'withdrawn' } },
];
