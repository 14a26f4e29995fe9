// The way from received to delivered, as steps of a waterfall. Each step is a figure that the service released; what nobody has asked
// for yet is not there, and the page says how to get it.
import type { Activation, Dataset, Delivery, Run } from '../../../../openapi/generated/api.ts';
import { exactFigure, type Figure, figureOfCell, figureOfCount } from '../../charts/figure.ts';
import type { Step } from '../../charts/waterfall-geometry.ts';
import { t } from '../../i18n/i18n.ts';

export interface FlowGround {
  /** The own dataset behind the match. */
  readonly dataset: Pick<Dataset, 'name' | 'persons' | 'last_load'> | undefined;
  /** The newest answered overlap of the match. */
  readonly overlap: Pick<Run, 'result'> | undefined;
  /** The newest activation of an audience of the match, with a dry run. */
  readonly activation: Pick<Activation, 'dry_run'> | undefined;
  readonly delivery: Pick<Delivery, 'report'> | undefined;
}

export const FLOW_QUESTIONS = ['load', 'overlap', 'dry-run', 'delivery'] as const;
export type FlowQuestion = (typeof FLOW_QUESTIONS)[number];

/** What has to be asked before its step can be shown. */
export function missingOf({ dataset, overlap, activation, delivery }: FlowGround): FlowQuestion[] {
  const has: Readonly<Record<FlowQuestion, boolean>> = {
    load: dataset?.last_load != null,
    overlap: matchedOf(overlap) !== undefined,
    'dry-run': activation?.dry_run != null,
    delivery: delivery?.report != null,
  };
  return FLOW_QUESTIONS.filter((question) => !has[question]);
}

export function flowSteps(ground: FlowGround): Step[] {
  return [...loadSteps(ground), ...matchSteps(ground), ...activationSteps(ground), ...deliverySteps(ground)];
}

function loadSteps({ dataset }: FlowGround): Step[] {
  if (dataset?.last_load == null) return [];
  const { received, accepted } = dataset.last_load;
  const rejected = received - accepted;
  return [
    level(t('collaborations.flow-received'), exactFigure(received), t('collaborations.flow-rows')),
    ...(rejected > 0 ? [loss(t('collaborations.flow-rejected'), exactFigure(rejected))] : []),
    level(t('collaborations.flow-accepted'), exactFigure(accepted), t('collaborations.flow-rows')),
    { ...level(t('collaborations.flow-persons'), exactFigure(dataset.persons)), isNewUnit: true },
  ];
}

function matchSteps({ overlap }: FlowGround): Step[] {
  const matched = matchedOf(overlap);
  return matched === undefined ? [] : [level(t('collaborations.flow-matched'), matched)];
}

function activationSteps({ activation }: FlowGround): Step[] {
  if (activation?.dry_run == null) return [];
  const { audience, would_deliver } = activation.dry_run;
  return [
    level(t('collaborations.flow-audience'), figureOfCount(audience)),
    level(t('collaborations.flow-consented'), figureOfCount(would_deliver)),
  ];
}

function deliverySteps({ delivery }: FlowGround): Step[] {
  if (delivery?.report == null) return [];
  return [level(t('collaborations.flow-delivered'), exactFigure(delivery.report.sent.added))];
}

/** The persons in every contribution of the overlap. */
function matchedOf(overlap: FlowGround['overlap']): Figure | undefined {
  const cells = overlap?.result?.metrics.find(({ name }) => name === 'persons')?.cells ?? [];
  const all = cells.find(({ key }) => Object.values(key).every((value) => value === 'yes'));
  return all === undefined ? undefined : figureOfCell(all);
}

function level(label: string, figure: Figure, note?: string): Step {
  return { label, kind: 'level', figure, ...(note === undefined ? {} : { note }) };
}

function loss(label: string, figure: Figure): Step {
  return { label, kind: 'loss', figure };
}
