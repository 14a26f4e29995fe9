// Between counting and noise: the answer must be as large as was paid for, and speaks of contributions by their aliases.
import type { TrueAnswer } from '../../matching/analyses/analysis.ts';
import type { MetricShape } from '../../policies/noised-answer.ts';
import type { Source } from './resolved-question.ts';

/** Throws when one person moves the answer further than its cost says: then it must not leave. */
export function assertShapes(answer: TrueAnswer, shapes: readonly MetricShape[]): TrueAnswer {
  const isAsPaid =
    answer.metrics.length === shapes.length &&
    answer.metrics.every((metric, place) => {
      const shape = shapes[place];
      const { num, den } = metric.sensitivityL2Squared;
      if (shape === undefined || shape.name !== metric.name || shape.scale !== metric.scale) return false;
      return num * shape.sensitivityL2Squared.den <= shape.sensitivityL2Squared.num * den;
    });
  if (!isAsPaid) throw new Error('the answer is not of the shape that was paid for');
  return answer;
}

/** The ids of the engine's tables are nobody's business. */
export function namedByAlias(answer: TrueAnswer, sources: readonly Source[]): TrueAnswer {
  const aliases = new Map(sources.map(({ contribution, alias }) => [contribution, alias]));
  const named = (key: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(Object.entries(key).map(([name, value]) => [aliases.get(name) ?? name, value]));
  return {
    ...answer,
    metrics: answer.metrics.map((metric) => ({
      ...metric,
      cells: metric.cells.map((cell) => ({ ...cell, key: named(cell.key) })),
    })),
  };
}
