// Contributions and matches over HTTP: what may be offered, who sees what of it, and what becomes useless with it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { play, type Step } from '../testing/play.ts';
import { activate, addDataset, contribute, endContributing, meet, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['osec', 'rando', 'velo']);
  await addDataset(world, { tenant: 'osec', as: 'crm' });
  await addDataset(world, { tenant: 'rando', as: 'visitors' });
});
afterAll(() => world.close());

const offer = (rest: Partial<Step> & Pick<Step, 'gets'>, body: object = {}): Step => ({
  who: 'osec.data-engineer',
  does: 'POST /v1/collaborations/{col}/contributions',
  sending: { dataset_id: '{crm}', alias: 'osec_crm', rule: RULE, ...body },
  ...rest,
});
const offered: Partial<Step> & Pick<Step, 'gets'> = { gets: 201, leaves: 'contribution.created', as: 'con' };

async function keepChange(): Promise<void> {
  const { body } = await world.call({ who: 'osec.admin', method: 'GET', path: `/v1/contributions/${id('con')}` });
  world.names.set('change', body.change_id);
}

const id = (name: string) => world.names.get(name) ?? '';
const decide = (outcome: 'accept' | 'reject') => ({
  who: 'rando.admin',
  does: 'POST /v1/collaborations/{col}/changes/{change}/decision',
  sending: { outcome },
});

describe('an offered contribution', () => {
  beforeEach(() => activate(world, { as: 'col', tenants: ['osec', 'rando'] }));

  it('waits for every member; which dataset and job stand behind it is its owner’s affair', async () => {
    await play(world, [offer({ ...offered, showing: { status: 'proposed', dataset_id: '{crm}' } })]);
    await keepChange();
    await play(world, [
      {
        who: 'rando.analyst',
        does: 'GET /v1/contributions/{con}',
        gets: 200,
        showing: { dataset_id: null, job_id: null, rule: RULE },
        hiding: ['crm'],
      },
      {
        ...decide('accept'),
        gets: 200,
        showing: { status: 'accepted', summary: 'Contribute osec_crm.' },
        leaves: ['change.accepted', 'change.applied'],
      },
      {
        who: 'osec.analyst',
        does: 'GET /v1/contributions/{con}',
        gets: 200,
        showing: { status: 'contributing', job_id: expect.stringMatching(/^job_/) },
      },
      {
        who: 'rando.analyst',
        does: 'GET /v1/collaborations/{col}/contributions',
        gets: 200,
        showing: { items: [{ id: '{con}', dataset_id: null, job_id: null }] },
        hiding: ['crm'],
      },
      { who: 'velo.admin', does: 'GET /v1/contributions/{con}', gets: 'not_found' },
    ]);
  });

  it('names what its dataset has, destinations that exist and purposes of the vocabulary', async () => {
    const rule = {
      ...RULE,
      filter_attributes: ['last_raincoat', 'shoe_size', 'email'],
      breakdown_attributes: ['customer_id'],
      activation: { ...RULE.activation, destinations: ['xndr'], purposes: ['advertizing'] },
    };
    const pointers = [
      '/filter_attributes/1',
      '/filter_attributes/2',
      '/breakdown_attributes/0',
      '/activation/destinations/0',
      '/activation/purposes/0',
    ];
    const errors = pointers.map((pointer) => ({ pointer: `/rule${pointer}` }));
    await play(world, [
      offer({ gets: 'request_invalid', showing: { errors } }, { rule }),
      offer(offered),
      {
        who: 'osec.data-engineer',
        does: 'PUT /v1/contributions/{con}/rule',
        sending: rule,
        gets: 'request_invalid',
        showing: { errors: pointers.map((pointer) => ({ pointer })) },
      },
    ]);
  });

  it('is of an own dataset, in a collaboration that the tenant is in', async () => {
    await play(world, [
      offer({ gets: 'not_found' }, { dataset_id: '{visitors}' }),
      offer({ who: 'velo.data-engineer', gets: 'not_found' }),
      offer({ who: 'osec.analyst', gets: 'forbidden', leaves: 'access.denied' }),
    ]);
  });

  it('has an alias of its own as long as it lives', async () => {
    await play(world, [
      offer(offered),
      offer({ gets: 'conflict' }),
      offer({ who: 'rando.data-engineer', gets: 'conflict' }, { dataset_id: '{visitors}' }),
      {
        who: 'osec.data-engineer',
        does: 'DELETE /v1/contributions/{con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      offer(offered),
    ]);
  });

  it('does not come back by a late acceptance once it was withdrawn', async () => {
    await play(world, [offer(offered)]);
    await keepChange();
    await play(world, [
      { who: 'rando.data-engineer', does: 'DELETE /v1/contributions/{con}', gets: 'not_found' },
      {
        who: 'osec.data-engineer',
        does: 'DELETE /v1/contributions/{con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      { ...decide('accept'), gets: 'conflict' },
      { who: 'rando.admin', does: 'GET /v1/contributions/{con}', gets: 200, showing: { status: 'withdrawn' } },
      { who: 'osec.data-engineer', does: 'DELETE /v1/contributions/{con}', gets: 'state_conflict' },
    ]);
  });

  it('is withdrawn when a member rejects it', async () => {
    await play(world, [offer(offered)]);
    await keepChange();
    await play(world, [
      { ...decide('reject'), gets: 200, showing: { status: 'rejected' }, leaves: 'change.declined' },
      { who: 'osec.admin', does: 'GET /v1/contributions/{con}', gets: 200, showing: { status: 'withdrawn' } },
    ]);
  });

  it('is refreshed without a new acceptance, once it was contributed', async () => {
    const refresh = { who: 'osec.data-engineer', does: 'POST /v1/contributions/{con}/refresh' };
    await play(world, [offer(offered), { ...refresh, gets: 'state_conflict' }]);
    await endContributing(world, 'con');
    await play(world, [
      { ...refresh, who: 'rando.data-engineer', gets: 'not_found' },
      { ...refresh, gets: 202, leaves: 'contribution.refresh-requested' },
      { ...refresh, gets: 'state_conflict' },
    ]);
  });
});

describe('a match', () => {
  beforeEach(() => meet(world));

  const match = (rest: Partial<Step> & Pick<Step, 'gets'>, body: object = {}): Step => ({
    who: 'rando.analyst',
    does: 'POST /v1/collaborations/{col}/matches',
    sending: { left_contribution_id: '{osec.con}', right_contribution_id: '{rando.con}', ...body },
    ...rest,
  });

  it('joins two contributions that are ready, and shows no count', async () => {
    await play(world, [
      match({ gets: 202, showing: { status: 'queued' }, hiding: ['count', 'matched"'], leaves: 'match.requested' }),
      match({ who: 'rando.data-engineer', gets: 'forbidden', leaves: 'access.denied' }),
      match({ who: 'velo.analyst', gets: 'not_found' }),
      match(
        { gets: 'request_invalid', showing: { errors: [{ pointer: '/right_contribution_id' }] } },
        { right_contribution_id: '{osec.con}' },
      ),
      { who: 'osec.analyst', does: 'GET /v1/matches/{mat}', gets: 200, showing: { status: 'ready' } },
      { who: 'velo.analyst', does: 'GET /v1/matches/{mat}', gets: 'not_found' },
    ]);
  });

  it('waits until both are contributed', async () => {
    await addDataset(world, { tenant: 'osec', as: 'second' });
    await play(world, [
      offer({ gets: 201, leaves: 'contribution.created', as: 'new' }, { dataset_id: '{second}', alias: 'second' }),
      match(
        { gets: 'state_conflict', showing: { detail: expect.stringContaining('second is proposed') } },
        { left_contribution_id: '{new}' },
      ),
    ]);
  });

  it('is refused between digests of different salts, which would never meet', async () => {
    await play(world, [
      {
        who: 'osec.data-engineer',
        does: 'GET /v1/salts?collaboration_id={col}',
        gets: 200,
        leaves: 'salt.read',
      },
    ]);
    const salt = await world.ground.db
      .knex('wrapped_keys')
      .where({ purpose: 'salt', owner_id: id('col') })
      .first();
    await addDataset(world, { tenant: 'osec', as: 'salted', saltId: salt.object_id });
    await contribute(world, {
      in: 'col',
      tenant: 'osec',
      dataset: 'salted',
      alias: 'salted',
      as: 'salted.con',
      accepting: ['rando'],
    });
    await play(world, [
      match(
        { gets: 'state_conflict', showing: { detail: expect.stringContaining('different salts') } },
        { left_contribution_id: '{salted.con}' },
      ),
    ]);
  });

  it('is stale once a side is withdrawn, and unseen by a member that left', async () => {
    await play(world, [
      {
        who: 'osec.data-engineer',
        does: 'DELETE /v1/contributions/{osec.con}',
        gets: 202,
        leaves: 'contribution.withdrawn',
      },
      { who: 'rando.analyst', does: 'GET /v1/matches/{mat}', gets: 200, showing: { status: 'stale' } },
      match({ gets: 'state_conflict' }),
      {
        who: 'rando.admin',
        does: 'POST /v1/collaborations/{col}/leave',
        gets: 202,
        leaves: ['collaboration.left', 'collaboration.ended'],
      },
      { who: 'rando.analyst', does: 'GET /v1/matches/{mat}', gets: 'not_found' },
      { who: 'rando.analyst', does: 'GET /v1/collaborations/{col}/matches', gets: 'not_found' },
    ]);
  });

  it('is stale once the terms change', async () => {
    const terms = { identifier_types: ['email'], cardinality: 'many', privacy_threshold: 50, ends_at: null };
    await play(world, [
      {
        who: 'osec.admin',
        does: 'POST /v1/collaborations/{col}/changes',
        sending: { kind: 'set-terms', terms },
        gets: 201,
        leaves: 'change.proposed',
        as: 'change',
      },
      { ...decide('accept'), gets: 200, leaves: ['change.accepted', 'change.applied'] },
      { who: 'rando.analyst', does: 'GET /v1/matches/{mat}', gets: 200, showing: { status: 'stale' } },
    ]);
  });
});

describe('the library of criteria', () => {
  it('holds the attributes that rules open, first-party for their owner and second-party for the partner', async () => {
    await meet(world);
    const criteria = { who: 'osec.analyst', does: 'GET /v1/collaborations/{col}/criteria', gets: 200 };
    const of = (source: string, origin: string) => [
      { source, attribute: 'last_raincoat', kind: 'date', taxonomy: 'purchase/raincoat/last', origin },
      { source, attribute: 'complaint', kind: 'boolean', origin },
    ];
    await play(world, [
      {
        ...criteria,
        showing: { items: [...of('osec', 'first-party'), ...of('rando', 'second-party')] },
        hiding: ['spend'],
      },
      {
        ...criteria,
        who: 'rando.analyst',
        showing: { items: [...of('osec', 'second-party'), ...of('rando', 'first-party')] },
      },
      { ...criteria, who: 'velo.analyst', gets: 'not_found' },
    ]);
  });
});
