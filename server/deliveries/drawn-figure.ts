// A figure about an audience: the stored one, or one drawn now. Debit, draw and figure stand in one transaction, so that what a crash
// takes back nobody has seen.

import { DEFAULTS } from '../../policies/limits.ts';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import { keepLocked, type Unreleased, unreleased } from '../../policies/release.ts';
import { ledgerDatasets } from '../analyses/dataset-budget.ts';
import { beginDraw, findStoredAnswer, keepAnswer, type LedgerQuestion, reserve } from '../analyses/privacy-ledger.ts';
import { countReleases } from '../analyses/releases.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { GatePlan, PaidFigure } from './gate-plan.ts';

interface Drawing {
  readonly plan: GatePlan;
  readonly figure: PaidFigure;
  /** Called at most once. */
  readonly draw: () => Unreleased<NoisedAnswer>;
}

/** Undefined when the budget does not suffice, or the releases of the day are used up; then nothing was drawn. */
export async function drawFigure(
  ground: WorkerGround,
  job: RunningJob,
  drawing: Drawing,
): Promise<Unreleased<NoisedAnswer> | undefined> {
  const { plan, figure } = drawing;
  const stored = await findStoredAnswer(ground.db.knex, figure.key);
  if (stored !== undefined) return unreleased(stored);
  const ledger = ledgerOfPlan(ground, plan);
  const { result: isDrawn } = await job.during(
    (drawn: boolean) => ({
      tenantId: job.tenantId,
      actor: job.actor,
      event: drawn ? 'budget.drawn' : 'analysis.refused',
      outcome: drawn ? 'succeeded' : 'denied',
      subject: { kind: 'job', id: job.id },
      detail: { collaboration: ledger.collaborationId, picoRho: Number(figure.cost), figure: figure.name },
    }),
    async (tx) => {
      const { key, cost, isRelease } = figure;
      const tenants = [job.tenantId, ...ledger.datasets.map(({ tenantId }) => tenantId)];
      const isOneTooMany =
        isRelease && (await countReleases(tx.trx, { tenants, now: ledger.now })) >= DEFAULTS.releasesPerDay;
      if (isOneTooMany) return false;
      const wish = { tenantId: job.tenantId, subjectId: newId('deb'), ...key, cost, isRelease };
      const reservation = await reserve(tx, ledger, wish);
      if (!reservation.ok) return false;
      await beginDraw(tx, reservation.debit.id, ledger.now);
      const kept = { debit: reservation.debit, at: ledger.now };
      await keepLocked(drawing.draw(), (answer) => keepAnswer(tx, kept.debit, { answer, at: kept.at }));
      return true;
    },
  );
  const kept = isDrawn ? await findStoredAnswer(ground.db.knex, figure.key) : undefined;
  return kept === undefined ? undefined : unreleased(kept);
}

export function ledgerOfPlan(ground: WorkerGround, { matched }: Pick<GatePlan, 'matched'>): LedgerQuestion {
  const { collaboration, left, right } = matched;
  return {
    collaborationId: collaboration.id,
    terms: collaboration.terms.privacy,
    now: instantOf(ground.clock),
    datasets: ledgerDatasets(collaboration, [left, right]),
  };
}
