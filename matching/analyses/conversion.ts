// Conversion: the persons of the purchases' side, exposed by the other side or not, and who of them bought inside the window.
// A person is in one cell of each metric; purchases are capped at c and revenue at the clamp.
import type { Engine } from '../engine/engine.ts';
import { peopleTable } from '../tables.ts';
import {
  AnalysisError,
  type AnalysisRequest,
  type ConversionQuestion,
  type TrueAnswer,
  type TrueMetric,
} from './analysis.ts';
import { type Axis, cellsOf, fixedAxis, requireFewCells } from './cells.ts';
import { type Dimension, dimensionOf, type Label } from './dimension.ts';
import {
  DAY_MS,
  type EventSource,
  eventAttribute,
  eventSource,
  latestSql,
  type PeriodSql,
  periodSql,
  requireTwoSides,
  requireWindow,
} from './events.ts';
import { MAX_REVENUE_CLAMP } from './limits.ts';
import { contributedPersonsSql, type LinkRequest, linkedPairsSql } from './links.ts';
import { everybodySensitivity } from './sensitivity.ts';

interface ConversionPlan {
  readonly request: AnalysisRequest<ConversionQuestion>;
  readonly exposures: EventSource;
  readonly purchases: EventSource;
  readonly period: PeriodSql;
  /** The column of the revenue. */
  readonly revenue: string | undefined;
  readonly group: Dimension | undefined;
}

interface ConversionRow {
  readonly exposed: number;
  readonly converted: number;
  readonly d0: Label;
  readonly persons: number;
  readonly conversions: number;
  readonly revenue: number;
}

export function planConversion(request: AnalysisRequest<ConversionQuestion>): ConversionPlan {
  const { question, contributions } = request;
  requireTwoSides({ one: question.exposures, other: question.purchases, pointer: '/purchases' });
  requireWindow(question.windowDays);
  const purchases = eventSource(contributions, question.purchases, '/purchases');
  const group = question.groupBy && dimensionOf(question.groupBy, contributions, { pointer: '/groupBy', place: 0 });
  if (group !== undefined && group.side !== question.purchases) {
    throw new AnalysisError('source_unknown', {
      pointer: '/groupBy/source',
      hint: 'group by the side of the purchases',
    });
  }
  const plan = {
    request,
    exposures: eventSource(contributions, question.exposures, '/exposures'),
    purchases,
    period: periodSql(question.period),
    revenue: revenueColumn(question, purchases),
    group,
  };
  requireFewCells(axesOf(plan));
  return plan;
}

function revenueColumn(
  { revenueAttribute, revenueClamp }: ConversionQuestion,
  purchases: EventSource,
): string | undefined {
  if (revenueAttribute === undefined) return undefined;
  if (!Number.isInteger(revenueClamp) || (revenueClamp ?? 0) < 1 || (revenueClamp ?? 0) > MAX_REVENUE_CLAMP) {
    const hint = `whole units, 1 to ${MAX_REVENUE_CLAMP}: the most that one person adds`;
    throw new AnalysisError('question_invalid', { pointer: '/revenueClamp', hint });
  }
  return eventAttribute(purchases, { attribute: revenueAttribute, kind: 'number', pointer: '/revenueAttribute' })
    .column;
}

const EXPOSED = fixedAxis('exposed', ['yes', 'no']);
const CONVERTED = fixedAxis('converted', ['yes', 'no']);

function axesOf({ group }: Pick<ConversionPlan, 'group'>): Axis[] {
  return group === undefined ? [EXPOSED, CONVERTED] : [EXPOSED, CONVERTED, group];
}

export async function answerConversion(engine: Engine, plan: ConversionPlan, links: LinkRequest): Promise<TrueAnswer> {
  const { question, types, bounding } = plan.request;
  const rows = await engine.query<ConversionRow>(conversionSql(plan, links), {
    ...plan.period.params,
    ...plan.group?.params,
    window_ms: String(question.windowDays * DAY_MS),
    per_person: bounding.perGroup,
    clamp: question.revenueClamp ?? 0,
  });
  const yesOrNo = (flag: number) => (flag === 1 ? 'yes' : 'no');
  const summed = (axes: readonly Axis[], value: (row: ConversionRow) => number) =>
    cellsOf(
      axes,
      rows.map((row) => {
        const labels: Label[] = [yesOrNo(row.exposed)];
        if (axes.includes(CONVERTED)) labels.push(yesOrNo(row.converted));
        return { labels: [...labels, row.d0], value: value(row) };
      }),
    );
  const axes = axesOf(plan);
  const buyers = axes.filter((axis) => axis !== CONVERTED);
  const sensitivity = (perCell: number) => everybodySensitivity(types.length, { cells: 1, perCell });
  const metrics: TrueMetric[] = [
    metric(
      'persons',
      'persons',
      sensitivity(1),
      summed(axes, ({ persons }) => persons),
    ),
    metric(
      'conversions',
      'events',
      sensitivity(bounding.perGroup),
      summed(buyers, ({ conversions }) => conversions),
    ),
  ];
  if (plan.revenue !== undefined) {
    const cells = summed(buyers, ({ revenue }) => revenue);
    metrics.push(metric('revenue', 'revenue', sensitivity(question.revenueClamp ?? 0), cells));
  }
  return { metrics, persons: rows.reduce((sum, { persons }) => sum + persons, 0) };
}

function metric(
  name: string,
  unit: TrueMetric['unit'],
  sensitivityL2Squared: TrueMetric['sensitivityL2Squared'],
  cells: TrueMetric['cells'],
): TrueMetric {
  return { name, unit, scale: 1, sensitivityL2Squared, cells };
}

function conversionSql(plan: ConversionPlan, links: LinkRequest): string {
  const exposed = exposedSql(plan, links);
  const { group, purchases } = plan;
  const { contribution, version } = purchases.contribution;
  const people = peopleTable(version, []).name;
  const grouped = group && {
    join: `INNER JOIN (SELECT person, ${group.column} FROM ${people}) AS p ON p.person = k.person`,
    label: group.sql(`p.${group.column}`),
  };
  return `SELECT exposed, converted, d0, count() AS persons, sum(conversions) AS conversions, sum(revenue) AS revenue
    FROM (
      SELECT notEmpty(e.seen) AS exposed, ifNull(b.bought, 0) > 0 AS converted, ${grouped?.label ?? 'NULL'} AS d0,
        least(ifNull(b.bought, 0), {per_person:UInt64}) AS conversions,
        least(ifNull(b.spent, 0), {clamp:Int64}) AS revenue
      FROM ${contributedPersonsSql(contribution)} AS k ${grouped?.join ?? ''}
      LEFT JOIN (${exposed}) AS e ON e.person = k.person
      LEFT JOIN (${boughtSql(plan, exposed)}) AS b ON b.person = k.person
    ) GROUP BY exposed, converted, d0`;
}

/** The exposed persons of the purchases' side, with the instants of their exposures. */
function exposedSql({ exposures, purchases, period }: ConversionPlan, links: LinkRequest): string {
  return `SELECT l.${purchases.side}_person AS person, s.seen AS seen
    FROM ${linkedPairsSql(links)} AS l
    INNER JOIN (
      SELECT person, ${latestSql(exposures.instant)} AS seen FROM ${exposures.records}
      WHERE ${period.within(exposures.instant)} GROUP BY person
    ) AS s ON s.person = l.${exposures.side}_person`;
}

/** Of each person the purchases that count: inside the window of an exposure, or inside the period for those without any. */
function boughtSql({ request, purchases, period, revenue }: ConversionPlan, exposed: string): string {
  const spent =
    revenue === undefined
      ? 'toInt64(0)'
      : `toInt64(floor(least(greatest(ifNull(${revenue}, 0), 0), {clamp:Float64}) + 0.5))`;
  const inWindow = 'arrayExists(t -> t <= p.instant AND p.instant < t + {window_ms:Float64}, e.seen)';
  return `SELECT p.person AS person, count() AS bought, sum(p.spent) AS spent
    FROM (SELECT person, ${purchases.instant} AS instant, ${spent} AS spent FROM ${purchases.records}) AS p
    LEFT JOIN (${exposed}) AS e ON e.person = p.person
    WHERE if(notEmpty(e.seen), ${inWindow}, ${period.within('p.instant', request.question.windowDays)})
    GROUP BY p.person`;
}
