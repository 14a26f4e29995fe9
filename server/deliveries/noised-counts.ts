// The counts of a dry run and of a delivery report, where partners' persons are among them: noised, and paid from the budget
// each time. When nothing is left, nothing of them is told; the delivery itself does not depend on it.
import { createHash } from 'node:crypto';
import { linkedSensitivity } from '../../matching/analyses/sensitivity.ts';
import type { DeliverableCounts } from '../../matching/distribute.ts';
import { answerCost, type MetricShape, varianceOf } from '../../policies/noised-answer.ts';
import { type Unreleased, withinLock } from '../../policies/release.ts';
import type { MatchedGrounds } from '../activations/activation-grounds.ts';
import { noiseOfService } from '../analyses/noise-of-service.ts';
import { beginDraw, reserve } from '../analyses/privacy-ledger.ts';
import { findDebitOf } from '../analyses/privacy-ledger-store.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';

/** Undefined when they may not be told: the budget is spent, or an earlier attempt of this job drew noise already. */
export async function noisedCounts(
  ground: WorkerGround,
  job: RunningJob,
  of: { matched: MatchedGrounds | undefined; counts: Unreleased<DeliverableCounts>; threshold: number },
): Promise<Unreleased<DeliverableCounts> | undefined> {
  const { matched, counts, threshold } = of;
  if (matched === undefined) return counts;
  const { terms } = matched.collaboration;
  // Each person is in one cell: deliverable, or refused for one reason.
  const sensitivityL2Squared = linkedSensitivity(terms.identifierTypes.length);
  const shape: MetricShape = { name: 'delivery', unit: 'persons', scale: 1, sensitivityL2Squared };
  if (!(await spend(ground, job, matched, shape))) return undefined;
  const noise = noiseOfService(ground.config);
  const blurred = (persons: number) => persons + Number(noise.discreteGaussian(varianceOf(shape, terms.privacy)));
  return withinLock(counts, ({ deliverable, refused, persons }) => {
    const reasons = Object.entries(refused).map(([reason, count]) => [reason, blurred(count)] as const);
    return {
      persons: blurred(persons),
      consented: 0,
      deliverable: blurred(deliverable),
      // That a reason is there at all may hang on one person.
      refused: Object.fromEntries(reasons.filter(([, count]) => count >= threshold)),
      ids: 0,
    };
  });
}

async function spend(
  ground: WorkerGround,
  job: RunningJob,
  { collaboration, match }: MatchedGrounds,
  shape: MetricShape,
): Promise<boolean> {
  if ((await findDebitOf(ground.db.knex, job.id)) !== undefined) return false;
  const { privacy } = collaboration.terms;
  const now = instantOf(ground.clock);
  // Two metrics: the cells, and all persons together.
  const cost = answerCost([shape, shape], privacy);
  const { result } = await job.during(
    (isSpent: boolean) => ({
      tenantId: job.tenantId,
      actor: job.actor,
      event: isSpent ? 'budget.drawn' : 'analysis.refused',
      outcome: isSpent ? 'succeeded' : 'denied',
      subject: { kind: 'job', id: job.id },
      detail: { collaboration: collaboration.id, picoRho: Number(cost) },
    }),
    async (tx) => {
      const wish = {
        tenantId: job.tenantId,
        subjectId: job.id,
        snapshot: hashOf(match.id),
        question: hashOf(job.id),
        cost,
      };
      const reservation = await reserve(tx, { collaborationId: collaboration.id, terms: privacy, now }, wish);
      return reservation.ok && (await beginDraw(tx, reservation.debit.id, now));
    },
  );
  return result;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
