// Reach and frequency: how many matched persons the events of one side reached, and how often. A person is in one bar and
// counts once; the last bar holds everybody above it.
import type { Engine } from '../engine/engine.ts';
import { AnalysisError, type AnalysisRequest, type ReachFrequencyQuestion, type TrueAnswer } from './analysis.ts';
import { type EventSource, eventSource, type PeriodSql, periodSql } from './events.ts';
import { MAX_FREQUENCY } from './limits.ts';
import { type LinkRequest, linkedPairsSql } from './links.ts';
import { linkedSensitivity, linkedTotalSensitivity } from './sensitivity.ts';

interface ReachPlan {
  readonly request: AnalysisRequest<ReachFrequencyQuestion>;
  readonly events: EventSource;
  readonly period: PeriodSql;
}

export function planReachFrequency(request: AnalysisRequest<ReachFrequencyQuestion>): ReachPlan {
  const { question, contributions } = request;
  const { maxFrequency } = question;
  if (!Number.isInteger(maxFrequency) || maxFrequency < 1 || maxFrequency > MAX_FREQUENCY) {
    const hint = `a whole number, 1 to ${MAX_FREQUENCY}`;
    throw new AnalysisError('question_invalid', { pointer: '/maxFrequency', hint });
  }
  const events = eventSource(contributions, question.events, '/events');
  return { request, events, period: periodSql(question.period) };
}

export async function answerReachFrequency(
  engine: Engine,
  { request, events, period }: ReachPlan,
  links: LinkRequest,
): Promise<TrueAnswer> {
  const { maxFrequency } = request.question;
  const rows = await engine.query<{ frequency: number; persons: number }>(
    `SELECT least(events, {max:UInt64}) AS frequency, count() AS persons FROM (
       SELECT person, count() AS events FROM ${events.records} WHERE ${period.within(events.instant)} GROUP BY person
     ) AS seen INNER JOIN ${linkedPairsSql(links)} AS pair ON pair.${events.side}_person = seen.person
     GROUP BY frequency`,
    { max: maxFrequency, ...period.params },
  );
  const counts = new Map(rows.map(({ frequency, persons }) => [frequency, persons]));
  const bars = Array.from({ length: maxFrequency }, (_, n) => n + 1);
  const reach = rows.reduce((sum, { persons }) => sum + persons, 0);
  const cells = bars.map((bar) => {
    return {
      key: { frequency: bar === maxFrequency ? `${bar}+` : `${bar}` },
      value: counts.get(bar) ?? 0,
      declared: true,
    };
  });
  const persons = { unit: 'persons', scale: 1 } as const;
  const types = request.types.length;
  return {
    metrics: [
      {
        ...persons,
        name: 'reach',
        sensitivityL2Squared: linkedTotalSensitivity(types),
        cells: [{ key: {}, value: reach, declared: true }],
      },
      { ...persons, name: 'frequency', sensitivityL2Squared: linkedSensitivity(types), cells },
    ],
    persons: reach,
  };
}
