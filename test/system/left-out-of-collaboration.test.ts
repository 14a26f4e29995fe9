// Over a collaboration, for both sides: whom an activation excludes is left out, of a partner's persons as of a tenant's own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListShape } from '../../bench/attacks/partner.ts';
import { answer, jobDone } from '../../bench/demo/api.ts';
import { contributeAndMatch } from '../../bench/demo/collaborate.ts';
import type { Organisation } from '../../bench/demo/tenants.ts';
import type { Delivery, Exclude } from '../../openapi/generated/api.ts';
import { customers, type InsightsWorld, inBoth, openInsightsWorld, row, visitors } from './insights-world.ts';

const CUSTOMERS: ListShape = {
  name: 'customers',
  identifiers: ['email'],
  attributes: { spend: { role: 'attribute', kind: 'number' } },
};
const VISITORS: ListShape = {
  name: 'visitors',
  identifiers: ['email'],
  attributes: {
    activity: { role: 'attribute', kind: 'category', categories: ['hiking', 'golf'] },
    xandr_id: { role: 'activation-id', type: 'xandr-user-id' },
  },
};
const spend = (person: number): number => person % 1_000;
const isGolfer = (person: number): boolean => person >= 1_000 && person < 1_200;

describe('whom a delivery over a collaboration leaves out', { timeout: 120_000 }, () => {
  let world: InsightsWorld;
  let matchId: string;
  const datasets = { shop: '', club: '' };
  const count = (wanted: (person: number) => boolean): number => inBoth.filter(wanted).length;

  beforeAll(async () => {
    world = await openInsightsWorld();
    const { shop, club, collaborationId, listOf } = world;
    const own = customers.map((person) => row(person, [String(spend(person))]));
    const theirs = visitors.map((person) =>
      row(person, [isGolfer(person) ? 'golf' : 'hiking', String(10_000 + person)]),
    );
    datasets.shop = await listOf(shop, CUSTOMERS, own);
    datasets.club = await listOf(club, VISITORS, theirs);
    const rule = { breakdownAttributes: [], approval: 'not-required' as const, destinations: ['file'] };
    ({ matchId } = await contributeAndMatch(
      collaborationId,
      { ...rule, organisation: shop, alias: 'shop', filterAttributes: ['spend'], datasetId: datasets.shop },
      { ...rule, organisation: club, alias: 'club', filterAttributes: ['activity'], datasetId: datasets.club },
    ));
  }, 240_000);
  afterAll(() => world?.close());

  it('a shop keeps its own small spenders out of what it delivers of the club’s visitors', async () => {
    const segment = await ownSegment(world.shop, datasets.shop, 'own.spend < 100');
    const { report } = await deliver(world.shop, 'shop.spend >= 0 AND shop.spend < 600', { segment_ids: [segment] });
    expect(report?.sent).toEqual({ added: count((one) => spend(one) >= 100 && spend(one) < 600), removed: 0 });
  });

  it('a club keeps its own golfers out of what it delivers of its visitors among the shop’s customers', async () => {
    const segment = await ownSegment(world.club, datasets.club, 'own.activity IN ("golf")');
    const { report } = await deliver(world.club, 'club.activity IN ("hiking", "golf")', { segment_ids: [segment] });
    expect(report?.sent).toEqual({ added: count((one) => !isGolfer(one)), removed: 0 });
  });

  it('a shop that has a cap leaves out of its next audience whom an earlier one has, and keeps the rest', async () => {
    const body = { audiences: 1, window_days: 30 };
    await answer('a cap', world.shop.officer.api.PUT('/v1/contact-cap', { body }));
    const { report } = await deliver(world.shop, 'shop.spend >= 300 AND shop.spend < 900');
    expect(report?.sent).toEqual({ added: count((one) => spend(one) >= 600 && spend(one) < 900), removed: 0 });
  });

  async function ownSegment({ analyst }: Organisation, datasetId: string, text: string): Promise<string> {
    const body = { name: text, dataset_id: datasetId, text };
    return (await answer('an own segment', analyst.api.POST('/v1/segments', { body }))).id;
  }

  let made = 0;
  async function deliver(side: Organisation, text: string, exclude?: Exclude): Promise<Delivery> {
    const { analyst, admin } = side;
    const settings = { folder: `export-${made++}`, id_type: 'xandr-user-id' };
    const body = { name: settings.folder, kind: 'file' as const, settings };
    const { id: destination_id } = await answer('a destination', admin.api.POST('/v1/destinations', { body }));
    const wanted = { name: text.slice(0, 40), collaboration_id: world.collaborationId, text };
    const segment = await answer('a segment', analyst.api.POST('/v1/segments', { body: wanted }));
    const wish = { name: 'Audience', segment_id: segment.id, match_id: matchId };
    const audience = await answer('an audience', analyst.api.POST('/v1/audiences', { body: wish }));
    await jobDone('evaluating', analyst, audience.job_id);
    const asked = { audience_id: audience.id, destination_id, purpose: 'advertising', ...(exclude && { exclude }) };
    const { id: activation_id } = await answer('an activation', analyst.api.POST('/v1/activations', { body: asked }));
    const params = { path: { activation_id } };
    await answer('submitting', analyst.api.POST('/v1/activations/{activation_id}/submit', { params }));
    const queued = await answer(
      'delivering',
      analyst.api.POST('/v1/activations/{activation_id}/deliveries', { params }),
    );
    await jobDone('delivering', analyst, queued.job_id);
    const path = { delivery_id: queued.id };
    return answer('reading', analyst.api.GET('/v1/deliveries/{delivery_id}', { params: { path } }));
  }
});
