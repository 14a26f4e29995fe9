// Did the advertisements work? Osec contributes its orders, Rando+ what it showed, and the chamber counts who bought, exposed or not.
import type { AnalysisResult } from '../../openapi/generated/api.ts';
import { contributeAndMatch, type Side } from './collaborate.ts';
import { ask } from './figures.ts';
import type { PreparedExchange } from './files.ts';
import { onboard } from './onboard.ts';
import type { Organisation } from './tenants.ts';

export interface ConversionRate {
  readonly exposed: boolean;
  /** Such as "21.4%"; null when too few persons stand behind it. */
  readonly rate: string | null;
  /** In percent, 95 %. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface Conversion {
  readonly question: string;
  readonly rates: readonly ConversionRate[];
  /** Of those exposed, in whole units. */
  readonly revenue: { readonly value: number | null; readonly interval: { low: number; high: number } | null };
  /** Of the privacy budget: what it cost, and what is left after it. */
  readonly cost: number;
  readonly budgetLeft: number;
}

const WINDOW_DAYS = 14;
const MOST_REVENUE_OF_A_PERSON = 200;

export async function measureConversion(
  service: { url: string },
  of: { prepared: PreparedExchange; osec: Organisation; rando: Organisation; collaborationId: string },
): Promise<Conversion> {
  const { prepared, osec, rando, collaborationId } = of;
  const { orders, views, period } = prepared.exchange.events();
  const [bought, shown] = await Promise.all([
    onboard(service, osec, prepared.orders, orders.schema),
    onboard(service, rando, prepared.views, views.schema),
  ]);
  const analyses: Side['analyses'] = ['conversion', 'attribution', 'reach-frequency'];
  const side = { filterAttributes: [], analyses };
  const { matchId } = await contributeAndMatch(
    collaborationId,
    { ...side, organisation: osec, datasetId: bought.datasetId, alias: 'orders', breakdownAttributes: ['amount'] },
    { ...side, organisation: rando, datasetId: shown.datasetId, alias: 'views', breakdownAttributes: ['channel'] },
  );
  const answered = await ask(
    osec.analyst,
    { collaborationId, matchId },
    {
      analysis: 'conversion',
      match_id: matchId,
      exposures: 'views',
      purchases: 'orders',
      window_days: WINDOW_DAYS,
      revenue_attribute: 'amount',
      revenue_clamp: MOST_REVENUE_OF_A_PERSON,
      period,
    },
  );
  const { cost, question, result } = answered;
  return {
    question,
    rates: ratesOf(result),
    revenue: revenueOf(result),
    cost: cost.share_of_budget,
    budgetLeft: cost.left_share,
  };
}

function ratesOf({ ratios }: AnalysisResult): ConversionRate[] {
  return ratios
    .filter(({ name }) => name === 'conversion-rate')
    .map(({ key, value, interval }) => ({ exposed: key.exposed === 'yes', rate: value, interval: interval ?? null }));
}

function revenueOf({ metrics }: AnalysisResult): Conversion['revenue'] {
  const cells = metrics.find(({ name }) => name === 'revenue')?.cells ?? [];
  const exposed = cells.find(({ key }) => key.exposed === 'yes');
  return { value: exposed?.value ?? null, interval: exposed?.interval ?? null };
}
