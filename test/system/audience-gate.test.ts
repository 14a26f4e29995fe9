// The gate of audiences over HTTP, against a partner who asks again and again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListShape } from '../../bench/attacks/partner.ts';
import { answer, jobDone } from '../../bench/demo/api.ts';
import { contributeAndMatch } from '../../bench/demo/collaborate.ts';
import type { Delivery, DeliveryForecast } from '../../openapi/generated/api.ts';
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
    activity: { role: 'attribute', kind: 'category', categories: ['hiking', 'golf', 'chess'] },
    level: { role: 'attribute', kind: 'category', categories: ['gold'] },
    xandr_id: { role: 'activation-id', type: 'xandr-user-id' },
  },
};

describe('the gate of audiences', { timeout: 120_000 }, () => {
  let world: InsightsWorld;
  let matchId: string;
  let destinationId: string;
  const GOLFER = 777;

  beforeAll(async () => {
    world = await openInsightsWorld();
    const { shop, club, collaborationId, listOf } = world;
    const own = customers.map((person) => row(person, [String(person % 1_000)]));
    const theirs = visitors.map((person) =>
      row(person, [person === GOLFER ? 'golf' : 'hiking', 'gold', String(10_000 + person)]),
    );
    const rule = { breakdownAttributes: [], approval: 'not-required' as const, destinations: ['file'] };
    ({ matchId } = await contributeAndMatch(
      collaborationId,
      {
        ...rule,
        organisation: shop,
        alias: 'shop',
        filterAttributes: ['spend'],
        datasetId: await listOf(shop, CUSTOMERS, own),
      },
      {
        ...rule,
        organisation: club,
        alias: 'club',
        filterAttributes: ['activity', 'level'],
        recordAttributes: ['activity'],
        datasetId: await listOf(club, VISITORS, theirs),
      },
    ));
    const settings = { folder: 'export', id_type: 'xandr-user-id' };
    const body = { name: 'Export', kind: 'file' as const, settings };
    destinationId = (await answer('a destination', shop.admin.api.POST('/v1/destinations', { body }))).id;
  }, 240_000);
  afterAll(() => world?.close());

  const FIRST = 'shop.spend >= 0 AND shop.spend < 600';
  const delivered = inBoth.filter((person) => person % 1_000 < 600).length;

  it('lets an audience go whose size is certain, and shows its own destination how many ids it got', async () => {
    const { forecast, delivery } = await activate(FIRST);
    expect(forecast.decision).toMatchObject({ outcome: 'allow', reasons: [] });
    expect(delivery).toMatchObject({ status: 'delivered', report: { sent: { added: delivered, removed: 0 } } });
  });

  it('lets the same question go again, however it is written, at no cost', async () => {
    const before = await world.leftOfBudget();
    const { forecast, delivery } = await activate('shop.spend < 600 AND shop.spend < 700 AND shop.spend >= 0');
    expect(forecast.decision?.outcome).toBe('allow');
    expect(delivery.status).toBe('delivered');
    expect(await world.leftOfBudget()).toBe(before);
  });

  it('lets everybody be told again, in full, since memberships end at platforms', async () => {
    const { activationId } = await draft(FIRST);
    expect((await deliver(activationId)).report?.sent).toEqual({ added: delivered, removed: 0 });
    expect((await redeliver(activationId, 'delta')).report?.sent).toEqual({ added: 0, removed: 0 });
    const again = await redeliver(activationId, 'full');
    expect(again).toMatchObject({
      mode: 'full',
      status: 'delivered',
      report: { sent: { added: delivered, removed: 0 } },
    });
  });

  it.each([
    ['by one person', `(${FIRST}) OR club.activity IN ("golf")`],
    ['by nobody', `(${FIRST}) OR club.activity IN ("chess")`],
  ])('refuses one that differs %s, with the same words, and tells it once for all', async (_how, segment) => {
    const { forecast } = await activate(segment, { onlyForecast: true });
    expect(forecast.decision).toMatchObject({ outcome: 'deny', reasons: ['difference_too_small'] });
    const left = await world.leftOfBudget();
    const again = await activate(segment);
    expect(again.forecast.decision?.reasons).toEqual(['difference_too_small']);
    expect(again.delivery).toMatchObject({ status: 'refused', decision: { reasons: ['difference_too_small'] } });
    expect(await world.leftOfBudget()).toBe(left);
  });

  it('lets a part of it go that leaves enough persons out, since it can add nobody', async () => {
    const { delivery } = await activate('shop.spend >= 0 AND shop.spend < 300');
    expect(delivery.status).toBe('delivered');
  });

  it('tells no attribute of a partner row by row, in a file that can be read, unless its rule opens it for that', async () => {
    const { forecast, delivery } = await activate('shop.spend >= 0 AND shop.spend < 600 AND club.level IN ("gold")');
    expect(forecast.decision?.reasons).toContain('attribute_not_returnable');
    expect(delivery).toMatchObject({ status: 'refused', report: null });
  });

  it('never lets too small an audience go', async () => {
    const { forecast, delivery } = await activate('shop.spend >= 951');
    expect(forecast.decision?.reasons).toContain('audience_too_small');
    expect(delivery.status).toBe('refused');
  });

  it('does not let two audiences slip past each other that are asked for at once', async () => {
    const segments = ['shop.spend >= 600', 'shop.spend >= 600 OR club.activity IN ("golf")'];
    const both = await Promise.all(segments.map((segment) => draft(segment)));
    const ended = await Promise.all(both.map(({ activationId }) => deliver(activationId)));
    expect(ended.map(({ status }) => status).sort()).toEqual(['delivered', 'refused']);
  });

  async function activate(
    segment: string,
    { onlyForecast = false } = {},
  ): Promise<{ forecast: DeliveryForecast; delivery: Delivery }> {
    const { activationId } = await draft(segment);
    const params = { path: { activation_id: activationId } };
    const { api } = world.shop.analyst;
    const { job_id } = await answer('dry run', api.POST('/v1/activations/{activation_id}/dry-run', { params }));
    await jobDone('dry run', world.shop.analyst, job_id);
    const { dry_run } = await answer('reading', api.GET('/v1/activations/{activation_id}', { params }));
    if (dry_run === null) throw new Error('the dry run left nothing');
    const delivery = onlyForecast ? ({} as Delivery) : await deliver(activationId);
    return { forecast: dry_run, delivery };
  }

  async function draft(text: string): Promise<{ activationId: string }> {
    const { analyst } = world.shop;
    const body = { name: text.slice(0, 40), collaboration_id: world.collaborationId, text };
    const segment = await answer('a segment', analyst.api.POST('/v1/segments', { body }));
    const wish = { name: 'Audience', segment_id: segment.id, match_id: matchId };
    const audience = await answer('an audience', analyst.api.POST('/v1/audiences', { body: wish }));
    await jobDone('evaluating', analyst, audience.job_id);
    const asked = { audience_id: audience.id, destination_id: destinationId, purpose: 'advertising' };
    const activation = await answer('an activation', analyst.api.POST('/v1/activations', { body: asked }));
    return { activationId: activation.id };
  }

  async function deliver(activationId: string): Promise<Delivery> {
    const { api } = world.shop.analyst;
    const params = { path: { activation_id: activationId } };
    await answer('submitting', api.POST('/v1/activations/{activation_id}/submit', { params }));
    return redeliver(activationId, 'delta');
  }

  async function redeliver(activationId: string, mode: 'delta' | 'full'): Promise<Delivery> {
    const { api } = world.shop.analyst;
    const params = { path: { activation_id: activationId }, query: { mode } };
    const made = await answer('delivering', api.POST('/v1/activations/{activation_id}/deliveries', { params }));
    await jobDone('delivering', world.shop.analyst, made.job_id);
    return answer('reading', api.GET('/v1/deliveries/{delivery_id}', { params: { path: { delivery_id: made.id } } }));
  }
});
