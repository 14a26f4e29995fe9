// What an answer will consist of and how far one person can move it, before anybody is counted: the ground of its cost.
import type { AnalysisRequest, TrueMetric } from './analysis.ts';
import { SHARES_OF_A_PURCHASE } from './limits.ts';
import {
  byTypeSensitivity,
  everybodySensitivity,
  linkedSensitivity,
  linkedTotalSensitivity,
  overlapSensitivity,
} from './sensitivity.ts';

export type MetricShape = Pick<TrueMetric, 'name' | 'unit' | 'scale' | 'sensitivityL2Squared'>;

/** The shapes of the metrics that `computeAnalysis` gives, in their order. They depend on the question and the terms alone. */
export function metricShapes({
  question,
  types: { length: types },
  bounding,
}: Pick<AnalysisRequest, 'question' | 'types'> & {
  readonly bounding: Pick<AnalysisRequest['bounding'], 'maxGroups' | 'perGroup'>;
}): MetricShape[] {
  switch (question.analysis) {
    case 'overlap':
      return [
        persons('persons', overlapSensitivity(types, question.contributions.length)),
        ...(question.byIdentifier ? [persons('by-identifier', byTypeSensitivity(types))] : []),
      ];
    case 'profile': {
      const restIsUnmatched = question.index && question.segment === undefined;
      return [persons('persons', (restIsUnmatched ? everybodySensitivity : linkedSensitivity)(types))];
    }
    case 'reach-frequency':
      return [persons('reach', linkedTotalSensitivity(types)), persons('frequency', linkedSensitivity(types))];
    case 'conversion': {
      const each = (perCell: number) => everybodySensitivity(types, { cells: 1, perCell });
      return [
        persons('persons', each(1)),
        { name: 'conversions', unit: 'events', scale: 1, sensitivityL2Squared: each(bounding.perGroup) },
        ...(question.revenueAttribute === undefined ? [] : [revenue(each(question.revenueClamp ?? 0))]),
      ];
    }
    case 'attribution': {
      const scale = question.model === 'linear' ? SHARES_OF_A_PURCHASE : 1;
      const each = { cells: bounding.maxGroups, perCell: bounding.perGroup * scale };
      const sensitivityL2Squared = linkedSensitivity(types, each);
      return [{ name: 'attributed-purchases', unit: 'events', scale, sensitivityL2Squared }];
    }
    case 'segment-size':
      return [persons('persons', linkedTotalSensitivity(types))];
  }
}

function persons(name: string, sensitivityL2Squared: MetricShape['sensitivityL2Squared']): MetricShape {
  return { name, unit: 'persons', scale: 1, sensitivityL2Squared };
}

function revenue(sensitivityL2Squared: MetricShape['sensitivityL2Squared']): MetricShape {
  return { name: 'revenue', unit: 'revenue', scale: 1, sensitivityL2Squared };
}
