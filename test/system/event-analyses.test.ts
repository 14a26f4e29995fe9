// The analyses of events over HTTP, on files that were really loaded, against what the files hold.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type ListShape } from '../../bench/attacks/partner.ts';
import { contributeAndMatch } from '../../bench/demo/collaborate.ts';
import type { AnalysisResult } from '../../openapi/generated/api.ts';
import { customers, type InsightsWorld, inBoth, openInsightsWorld, range, row, visitors } from './insights-world.ts';

const DAY_MS = 86_400_000;
const JUNE = Date.parse('2026-06-01T10:00:00Z');
const at = (day: number) => new Date(JUNE + day * DAY_MS).toISOString();

const ORDERS: ListShape = {
  name: 'orders',
  identifiers: ['email'],
  attributes: { at: { role: 'event-time' }, amount: { role: 'attribute', kind: 'number' } },
};
const CHANNELS = ['banner', 'video'] as const;
const VIEWS: ListShape = {
  name: 'views',
  identifiers: ['email'],
  attributes: { at: { role: 'event-time' }, channel: { role: 'attribute', kind: 'category', categories: CHANNELS } },
};

const viewsOf = (person: number) => 1 + (person % 3);
const seesInJune = (person: number) => person % 10 !== 0;
const buysInTime = (person: number) => person % 2 === 0;

describe('analyses of events', { timeout: 120_000 }, () => {
  let world: InsightsWorld;
  let matchId: string;
  const period = { from: '2026-06-01', to: '2026-06-30' };

  beforeAll(async () => {
    // Every figure asked for lies six standard deviations above its threshold at least.
    world = await openInsightsWorld({ sigma: 10, per_group: 1 });
    const { shop, club, collaborationId, listOf } = world;
    const orders = customers.flatMap((person) => [
      row(person, [at(-300), '10']),
      row(person, [at(buysInTime(person) ? 5 : 25), '40.4']),
    ]);
    const views = visitors.flatMap((person) =>
      range(0, viewsOf(person)).map((n) => row(person, [at(seesInJune(person) ? n : 60), CHANNELS[n % 2] as string])),
    );
    const analyses = ['reach-frequency' as const, 'conversion' as const, 'attribution' as const];
    const side = { filterAttributes: [], analyses };
    const left = { ...side, organisation: shop, alias: 'orders', breakdownAttributes: ['amount'] };
    const right = { ...side, organisation: club, alias: 'views', breakdownAttributes: ['channel'] };
    ({ matchId } = await contributeAndMatch(
      collaborationId,
      { ...left, datasetId: await listOf(shop, ORDERS, orders) },
      { ...right, datasetId: await listOf(club, VIEWS, views) },
    ));
  }, 240_000);
  afterAll(() => world?.close());

  it('tells how many persons were reached, and how often', async () => {
    const question = { analysis: 'reach-frequency', match_id: matchId, events: 'views', max_frequency: 3, period };
    const { result, run } = await ask(world.shop.analyst, world.collaborationId, {
      ...question,
      analysis: 'reach-frequency',
    });
    const reached = inBoth.filter(seesInJune);
    expectNear(result, 'reach', {}, reached.length);
    for (const often of [1, 2, 3]) {
      const frequency = often === 3 ? '3+' : String(often);
      expectNear(result, 'frequency', { frequency }, reached.filter((person) => viewsOf(person) === often).length);
    }
    expect(run.question).toContain('how often');
    expect(run.receipt_event_id).toMatch(/^evt_/);
    expect(run.cost).toMatchObject({ is_free: false, left_pico_rho: expect.any(Number) });
    expect(run.snapshot.contributions.map(({ alias }) => alias)).toEqual(['orders', 'views']);
  });

  it('tells who bought after an exposure and who without, and for how much', async () => {
    const { result, run } = await ask(world.shop.analyst, world.collaborationId, {
      analysis: 'conversion',
      match_id: matchId,
      exposures: 'views',
      purchases: 'orders',
      window_days: 7,
      revenue_attribute: 'amount',
      revenue_clamp: 100,
      period,
    });
    const exposed = inBoth.filter(seesInJune);
    const others = customers.filter((person) => !exposed.includes(person));
    const inTime = exposed.filter(buysInTime);
    expectNear(result, 'persons', { exposed: 'yes', converted: 'yes' }, inTime.length);
    expectNear(result, 'persons', { exposed: 'yes', converted: 'no' }, exposed.length - inTime.length);
    expectNear(result, 'persons', { exposed: 'no', converted: 'yes' }, others.length);
    expectNear(result, 'conversions', { exposed: 'yes' }, inTime.length);
    // 40.4 is rounded to whole units before it is summed.
    expectNear(result, 'revenue', { exposed: 'yes' }, inTime.length * 40);
    const rate = result?.ratios.find(({ key }) => key.exposed === 'yes');
    expect(Number.parseFloat(rate?.value ?? '')).toBeGreaterThan(30);
    expect(Number.parseFloat(rate?.value ?? '')).toBeLessThan(70);
    const csv = await csvOf(run.id);
    expect(csv).toContain(`receipt,${run.receipt_event_id}`);
    expect(csv).toMatch(/^cost of the budget,\d/m);
    expect(csv).toMatch(/^left of the budget,\d/m);
    expect(csv.length % 4096).toBe(0);
  });

  it('tells which channel led to purchases, by the last touch and shared evenly', async () => {
    const touches = { touches: 'views', channel_attribute: 'channel', purchases: 'orders', window_days: 7 };
    const buyers = inBoth.filter((person) => seesInJune(person) && buysInTime(person));
    for (const model of ['last-touch', 'linear'] as const) {
      const question = { analysis: 'attribution' as const, match_id: matchId, ...touches, model, period };
      const { result } = await ask(world.shop.analyst, world.collaborationId, question);
      for (const [place, channel] of CHANNELS.entries()) {
        const credited = buyers.reduce((sum, person) => {
          const seen = range(0, viewsOf(person)).map((n) => n % 2);
          const share = seen.filter((each) => each === place).length / seen.length;
          return sum + (model === 'linear' ? share : Number(seen.at(-1) === place));
        }, 0);
        expectNear(result, 'attributed-purchases', { channel }, credited);
      }
    }
  });

  it('refuses events of a side that has none, at the field that names it', async () => {
    const params = { path: { collaboration_id: world.collaborationId } };
    const body = { analysis: 'reach-frequency' as const, match_id: matchId, events: 'nobody', max_frequency: 3 };
    const { error } = await world.shop.analyst.api.POST('/v1/collaborations/{collaboration_id}/runs', { params, body });
    expect(JSON.stringify(error)).toContain('/events');
  });

  async function csvOf(runId: string): Promise<string> {
    const headers = { authorization: `Bearer ${world.shop.analyst.secret}`, accept: 'text/csv' };
    return (await fetch(`${world.url}/v1/runs/${runId}/csv`, { headers })).text();
  }
});

/** Within three times the interval that the answer gives itself: beyond it something else than noise is at work. */
function expectNear(result: AnalysisResult | null, metric: string, key: Record<string, string>, truth: number): void {
  const cells = result?.metrics.find(({ name }) => name === metric)?.cells ?? [];
  const cell = cells.find((one) => Object.entries(key).every(([name, value]) => one.key[name] === value));
  const label = `${metric} ${JSON.stringify(key)}`;
  if (cell?.value == null || !cell.interval) throw new Error(`${label} is withheld, though it is ${truth}`);
  const reach = 3 * (cell.interval.high - cell.value) + 10;
  expect(Math.abs(cell.value - truth), `${label}: ${cell.value}, not ${truth}`).toBeLessThan(reach);
}
