// The counts of a dry run and of a delivery report, where partners' persons are among them: noised, paid from the budget and kept, so
// that the delivery shows what its dry run showed. When nothing is left, nothing of them is told; the delivery does not depend on it.
import type { DeliverableCounts } from '../../matching/distribute.ts';
import { deltaOfUndeclared, type NoisedAnswer, varianceOf } from '../../policies/noised-answer.ts';
import { type Unreleased, withinLock } from '../../policies/release.ts';
import { noiseOfService } from '../analyses/noise-of-service.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { drawFigure } from './drawn-figure.ts';
import { countsShape, type GatePlan } from './gate-plan.ts';

export interface ShownCounts {
  readonly persons: number;
  readonly deliverable: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** Undefined when they may not be told: the budget is spent. Without a plan they are the asker's own, or those of the control. */
export async function noisedCounts(
  ground: WorkerGround,
  job: RunningJob,
  of: { plan: GatePlan | undefined; counts: Unreleased<DeliverableCounts>; threshold: number },
): Promise<Unreleased<ShownCounts> | undefined> {
  const { plan, counts, threshold } = of;
  if (plan === undefined) return counts;
  const draw = () => withinLock(counts, (counted) => blurred(ground, plan, counted));
  const drawn = await drawFigure(ground, job, { plan, figure: plan.counts, draw });
  const { privacy } = plan.matched.collaboration.terms;
  // As for a category that nobody declared: each person is in one cell.
  const limit = threshold + privacy.sigma * Math.sqrt(2 * Math.log(1 / deltaOfUndeclared(privacy)));
  return drawn && withinLock(drawn, (answer) => shownOf(answer, limit));
}

function blurred(ground: WorkerGround, { matched }: GatePlan, counted: DeliverableCounts): NoisedAnswer {
  const { identifierTypes, privacy } = matched.collaboration.terms;
  const shape = countsShape(identifierTypes.length);
  const noise = noiseOfService(ground.config);
  const cell = (of: string, persons: number) => ({
    key: { of },
    value: persons + Number(noise.discreteGaussian(varianceOf(shape, privacy))),
    declared: true,
  });
  const refused = Object.entries(counted.refused).map(([reason, persons]) => cell(`refused ${reason}`, persons));
  const { name, unit } = shape;
  const of = { name, unit, sigma: privacy.sigma, perPerson: 1 };
  const total = { ...of, cells: [cell('persons', counted.persons)] };
  return { metrics: [total, { ...of, cells: [cell('deliverable', counted.deliverable), ...refused] }] };
}

/** That a reason is there at all may hang on one person, so it shows only where no single person can have brought it about. */
function shownOf({ metrics }: NoisedAnswer, limit: number): ShownCounts {
  const figures = new Map(metrics.flatMap(({ cells }) => cells).map(({ key, value }) => [String(key.of), value]));
  const refused = [...figures].filter(([of, count]) => of.startsWith('refused ') && count >= limit);
  return {
    persons: figures.get('persons') ?? 0,
    deliverable: figures.get('deliverable') ?? 0,
    refused: Object.fromEntries(refused.map(([of, count]) => [of.slice('refused '.length), count])),
  };
}
