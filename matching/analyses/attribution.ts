// Attribution: the purchases of matched persons, credited to the channels of the touches inside the window before them: all to
// the last touch, or shared evenly. A person counts in at most m channels, for at most c purchases in each.
import type { Engine } from '../engine/engine.ts';
import { AnalysisError, type AnalysisRequest, type AttributionQuestion, type TrueAnswer } from './analysis.ts';
import { boundedSql, boundingParams } from './bounding.ts';
import { type Axis, cellsOf, requireFewCells } from './cells.ts';
import type { Label } from './dimension.ts';
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
import { MAX_SHARING_TOUCHES, SHARES_OF_A_PURCHASE } from './limits.ts';
import { type LinkRequest, linkedPairsSql } from './links.ts';
import { linkedSensitivity } from './sensitivity.ts';

interface AttributionPlan {
  readonly request: AnalysisRequest<AttributionQuestion>;
  readonly touches: EventSource;
  readonly purchases: EventSource;
  readonly channel: { readonly column: string; readonly axis: Axis };
  readonly period: PeriodSql;
}

export function planAttribution(request: AnalysisRequest<AttributionQuestion>): AttributionPlan {
  const { question, contributions } = request;
  requireTwoSides({ one: question.touches, other: question.purchases, pointer: '/purchases' });
  requireWindow(question.windowDays);
  if (question.model !== 'last-touch' && question.model !== 'linear') {
    throw new AnalysisError('question_invalid', { pointer: '/model', hint: 'last-touch or linear' });
  }
  const touches = eventSource(contributions, question.touches, '/touches');
  const attribute = question.channelAttribute;
  const { column, categories } = eventAttribute(touches, { attribute, kind: 'category', pointer: '/channelAttribute' });
  const declared = categories === undefined ? undefined : [...categories, null];
  const axis: Axis = { name: 'channel', declared, labelOf: (found) => found };
  requireFewCells([axis]);
  const purchases = eventSource(contributions, question.purchases, '/purchases');
  return { request, touches, purchases, channel: { column, axis }, period: periodSql(question.period) };
}

export async function answerAttribution(
  engine: Engine,
  plan: AttributionPlan,
  links: LinkRequest,
): Promise<TrueAnswer> {
  const { question, types, bounding } = plan.request;
  const scale = question.model === 'linear' ? SHARES_OF_A_PURCHASE : 1;
  const bounded = boundedSql(creditedSql(plan, links));
  const params = {
    ...plan.period.params,
    ...boundingParams(bounding),
    window_ms: String(question.windowDays * DAY_MS),
    touches: question.model === 'linear' ? MAX_SHARING_TOUCHES : 1,
    scale,
    most: bounding.perGroup * scale,
  };
  const rows = await engine.query<{ cell: Label; value: number; persons: string[] }>(
    `SELECT cell, sum(credit) AS value FROM (${bounded}) GROUP BY cell`,
    params,
  );
  const [counted] = await engine.query<{ persons: number }>(
    `SELECT uniqExact(link_key) AS persons FROM (${creditedSql(plan, links)})`,
    params,
  );
  const cells = cellsOf(
    [plan.channel.axis],
    rows.map(({ cell, value }) => ({ labels: [cell], value })),
  );
  const each = { cells: bounding.maxGroups, perCell: bounding.perGroup * scale };
  const sensitivityL2Squared = linkedSensitivity(types.length, each);
  return {
    metrics: [{ name: 'attributed-purchases', unit: 'events', scale, sensitivityL2Squared, cells }],
    persons: counted?.persons ?? 0,
  };
}

/**
 * `link_key`, `cell` (the channel) and `credit`, capped at c purchases. Touches of one instant stand in the order of their
 * channels, unknown last, so that "the last" is the same in every run. The engine divides before it drops purchases without
 * a touch, hence `greatest`.
 */
function creditedSql({ touches, purchases, channel, period }: AttributionPlan, links: LinkRequest): string {
  const label = `CAST(${channel.column}, 'Nullable(String)')`;
  const touched = `SELECT person, ${latestSql(`(${touches.instant}, isNull(${label}), ifNull(${label}, ''))`)} AS seen
    FROM ${touches.records} GROUP BY person`;
  const bought = `SELECT person, ${purchases.instant} AS instant FROM ${purchases.records}
    WHERE ${period.within(purchases.instant)}`;
  const inWindow = `arrayFilter(t -> t.1 <= b.instant AND b.instant < t.1 + {window_ms:Float64}, s.seen)`;
  return `SELECT link_key, if(touch.2 = 1, NULL, touch.3) AS cell,
      least(sum(intDiv({scale:UInt64}, greatest(shared, 1))), {most:UInt64}) AS credit
    FROM (
      SELECT link_key, length(counted) AS shared, arrayJoin(counted) AS touch FROM (
        SELECT l.link_key AS link_key, arraySlice(${inWindow}, -{touches:Int32}) AS counted
        FROM (${bought}) AS b
        INNER JOIN ${linkedPairsSql(links)} AS l ON l.${purchases.side}_person = b.person
        INNER JOIN (${touched}) AS s ON s.person = l.${touches.side}_person
      )
    ) GROUP BY link_key, cell`;
}
