// What leaves stays where every contributor keeps its data, unless each has named the region: figures as well as audiences.
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { audienceRequest } from '../../policies/audience-release.ts';
import { getAudienceGrounds } from '../activations/activation-grounds.ts';
import { asService } from '../database/row-scope.ts';
import { play } from '../testing/play.ts';
import { addDataset, CRM_SCHEMA, prepareActivation, RULE } from '../testing/stages.ts';
import { openWorld, type World } from '../testing/world.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let world: World;
beforeAll(async () => {
  world = await openWorld();
  await prepareActivation(world);
});
afterAll(() => world?.close());

const id = (name: string) => world.names.get(name) ?? '';
const set = (table: string, name: string, columns: object) =>
  asService(async () =>
    world.ground.db
      .knex(table)
      .where({ id: id(name) })
      .update(columns),
  );

beforeEach(async () => {
  for (const dataset of ['osec.dataset', 'rando.dataset']) {
    await set('datasets', dataset, { region: 'eu', release_regions: null });
  }
  for (const contribution of ['osec.con', 'rando.con']) await ruleNames(contribution, undefined);
  await set('collaborations', 'col', { region: 'eu' });
  await set('tenants', 'osec', { region: 'eu' });
});

const ruleNames = (contribution: string, regions: string[] | undefined) =>
  set('contributions', contribution, {
    rule: JSON.stringify({
      allowedAnalyses: RULE.allowed_analyses,
      filterAttributes: RULE.filter_attributes,
      breakdownAttributes: [],
      activation: RULE.activation,
      privacyThreshold: 50,
      ...(regions === undefined ? {} : { regions }),
    }),
  });

/** The reasons against an overlap that Osec's analyst would ask for. */
async function figure(): Promise<string[]> {
  const path = `/v1/collaborations/${id('col')}/runs/preview`;
  const body = { analysis: 'overlap', match_id: id('mat') };
  const answer = await world.call({ who: 'osec.analyst', method: 'POST', path, body });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.decision.reasons;
}

/** The reasons against the audience at a destination of a region. */
async function audience(destinationRegion: string): Promise<readonly string[]> {
  return asService(async () => {
    const key = { audienceId: id('aud'), destination: 'file', purpose: 'advertising' };
    const { collaborationRegion, ...grounds } = await getAudienceGrounds(world.ground.db.knex, key);
    const decision = world.ground.policies.decide(
      audienceRequest({
        audienceId: id('aud'),
        requestedBy: { memberId: 'ana', tenantId: id('osec') },
        persons: 5_000,
        destinationKind: 'file',
        destinationRegion,
        ...(collaborationRegion === undefined ? {} : { collaborationRegion }),
        purpose: 'advertising',
        rules: grounds.rules,
        approvals: ['osec', 'rando'].map((tenant) => ({
          tenantId: id(tenant),
          memberId: `${tenant} officer`,
          outcome: 'approved' as const,
        })),
        filterAttributes: grounds.usedAttributes,
        collaborationStatus: grounds.collaborationStatus,
        instant: '2026-06-01T08:00:00.000Z',
      }),
    );
    return decision.reasons;
  });
}

describe('where nobody said anything', () => {
  test('figures and audiences stay in the region of every dataset', async () => {
    expect(await figure()).toEqual([]);
    expect(await audience('eu')).toEqual([]);
    expect(await audience('us')).toEqual(['residency']);
  });

  test('a partner’s dataset of another region holds both back', async () => {
    await set('datasets', 'rando.dataset', { region: 'ch' });
    expect(await figure()).toEqual(['residency']);
    expect(await audience('eu')).toEqual(['residency']);
    expect(await audience('ch')).toEqual(['residency']);
  });

  test('so does who asks, and where the collaboration is held', async () => {
    await set('tenants', 'osec', { region: 'us' });
    expect(await figure()).toEqual(['residency']);
    await set('tenants', 'osec', { region: 'eu' });
    await set('collaborations', 'col', { region: 'us' });
    expect(await figure()).toEqual(['residency']);
    expect(await audience('eu')).toEqual(['residency']);
  });
});

describe('what was said', () => {
  test('by every rule, of every region on the way, lets it go; by one of two it does not', async () => {
    await set('collaborations', 'col', { region: 'us' });
    await ruleNames('osec.con', ['eu', 'us']);
    expect([await figure(), await audience('us')]).toEqual([['residency'], ['residency']]);
    await ruleNames('rando.con', ['eu', 'us']);
    expect([await figure(), await audience('us'), await audience('eu')]).toEqual([[], [], []]);
    expect(await audience('ch')).toEqual(['residency']);
  });

  test('by a dataset counts where its rule is silent, and the rule is heard before it', async () => {
    const release_regions = '["eu","ch"]';
    for (const dataset of ['osec.dataset', 'rando.dataset']) await set('datasets', dataset, { release_regions });
    expect(await audience('ch')).toEqual([]);
    await ruleNames('rando.con', ['eu']);
    expect(await audience('ch')).toEqual(['residency']);
  });
});

test('an audience over an own dataset goes where the dataset says, and nowhere else', async () => {
  const body = { name: 'Own', dataset_id: id('osec.dataset'), text: 'own.complaint = false' };
  const { id: segment } = (await world.call({ who: 'osec.analyst', method: 'POST', path: '/v1/segments', body })).body;
  const sending = { name: 'Own', segment_id: segment };
  const made = await world.call({ who: 'osec.analyst', method: 'POST', path: '/v1/audiences', body: sending });
  const { rules } = await asService(async () =>
    getAudienceGrounds(world.ground.db.knex, { audienceId: made.body.id, destination: 'file', purpose: 'advertising' }),
  );
  expect(rules.map(({ rule }) => rule?.regions)).toEqual([['eu']]);
});

test('datasets and collaborations carry their region, by default that of their tenant', async () => {
  await addDataset(world, { tenant: 'osec', as: 'plain' });
  await play(world, [
    {
      who: 'osec.data-engineer',
      does: 'GET /v1/datasets/{plain}',
      gets: 200,
      showing: { region: 'eu', release_regions: ['eu'] },
    },
    {
      who: 'osec.data-engineer',
      does: 'POST /v1/datasets',
      sending: { schema: CRM_SCHEMA, region: 'ch', release_regions: ['ch', 'eu'] },
      gets: 201,
      showing: { region: 'ch', release_regions: ['ch', 'eu'] },
      leaves: 'dataset.created',
    },
    { who: 'osec.admin', does: 'GET /v1/collaborations/{col}', gets: 200, showing: { region: 'eu' } },
    {
      who: 'osec.admin',
      does: 'POST /v1/collaborations',
      sending: { name: 'Far', alias: 'osec', members: [{ tenant_id: '{rando}', alias: 'rando' }], region: 'us' },
      gets: 201,
      showing: { region: 'us' },
      leaves: 'collaboration.created',
    },
  ]);
});
