// Decides whether an audience may leave: on all that is known without counting, then on counts that are drawn with noise under a debit,
// kept with it in one transaction, and free whenever the same is asked again, by a dry run or by the delivery itself.
import type { DeliverableCounts } from '../../matching/distribute.ts';
import { certainCount, gateDraw } from '../../policies/audience-gate.ts';
import type { Decision, PolicyRequest } from '../../policies/decide.ts';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import { decideOn, keepLocked, type Unreleased, unreleased, withinLock } from '../../policies/release.ts';
import { noiseOfService } from '../analyses/noise-of-service.ts';
import {
  beginDraw,
  findStoredAnswer,
  getBudget,
  keepAnswer,
  type LedgerQuestion,
  reserve,
} from '../analyses/privacy-ledger.ts';
import { countReleases } from '../analyses/releases.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import { newId } from '../ids.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { GatePlan, PaidFigure } from './gate-plan.ts';

/** The figures that policies decide on. */
export interface GateFigures {
  readonly persons: number;
  readonly minimumPersons?: number;
  readonly smallestDifference?: number;
  readonly budget?: { readonly cost: bigint; readonly left: bigint };
  readonly releasesToday?: number;
}

interface Asked {
  readonly plan: GatePlan | undefined;
  readonly counts: Unreleased<DeliverableCounts>;
  /** The question to the policies, but for its figures. */
  readonly ask: (figures: GateFigures) => PolicyRequest;
}

/** What a dry run may be told of, though nobody could have approved yet. */
const STILL_TO_COME = 'approval_missing';

export async function decideAudience(ground: WorkerGround, job: RunningJob, asked: Asked): Promise<Decision> {
  const { plan, counts, ask } = asked;
  if (plan === undefined) {
    return decideOn(counts, ({ deliverable }) => ground.policies.decide(ask({ persons: deliverable })));
  }
  const known = await knownFigures(ground, job, plan);
  const before = ground.policies.decide(ask({ ...known, persons: Number.MAX_SAFE_INTEGER }));
  // Nobody is counted for an audience that cannot leave whatever the count.
  if (before.reasons.some((reason) => reason !== STILL_TO_COME)) return before;
  const drawn = await drawFigures(ground, job, { plan, counts });
  if (drawn === undefined) {
    const { left } = await getBudget(ground.db.knex, ledgerOf(ground, plan));
    const budget = { cost: known.budget.cost, left };
    return ground.policies.decide(ask({ ...known, budget, persons: Number.MAX_SAFE_INTEGER }));
  }
  const { privacy } = plan.matched.collaboration.terms;
  return decideOn(drawn, ({ size, difference }) =>
    ground.policies.decide(
      ask({
        ...known,
        budget: { cost: 0n, left: 0n },
        persons: certainCount(size, privacy),
        ...(difference === undefined ? {} : { smallestDifference: certainCount(difference, privacy) }),
      }),
    ),
  );
}

async function knownFigures(ground: WorkerGround, job: RunningJob, plan: GatePlan) {
  const { knex } = ground.db;
  const { collaboration, left, right } = plan.matched;
  const { left: budgetLeft } = await getBudget(knex, ledgerOf(ground, plan));
  const unpaid = await unpaidOf(ground, plan);
  const tenants = [left.tenantId, right.tenantId];
  return {
    minimumPersons: collaboration.terms.privacy.minimumAudiencePersons,
    budget: { cost: unpaid.reduce((sum, { cost }) => sum + cost, 0n), left: budgetLeft },
    releasesToday: await countReleases(knex, { tenants, now: instantOf(ground.clock), leavingOut: job.subjectId }),
  };
}

async function unpaidOf(ground: WorkerGround, plan: GatePlan): Promise<PaidFigure[]> {
  const stored = await Promise.all(figuresOf(plan).map(({ key }) => findStoredAnswer(ground.db.knex, key)));
  return figuresOf(plan).filter((_, place) => stored[place] === undefined);
}

function figuresOf({ size, difference }: GatePlan): PaidFigure[] {
  return difference === undefined ? [size] : [size, difference];
}

interface DrawnFigures {
  readonly size: number;
  readonly difference?: number;
}

/** Undefined when the budget does not suffice for all of them; then none was drawn. */
async function drawFigures(
  ground: WorkerGround,
  job: RunningJob,
  { plan, counts }: { plan: GatePlan; counts: Unreleased<DeliverableCounts> },
): Promise<Unreleased<DrawnFigures> | undefined> {
  for (const figure of await unpaidOf(ground, plan)) {
    const isDrawn = await drawOne(ground, job, { plan, figure, counts });
    if (!isDrawn) return undefined;
  }
  const [size, difference] = await Promise.all(figuresOf(plan).map(({ key }) => findStoredAnswer(ground.db.knex, key)));
  if (size === undefined) throw new Error('a figure that was drawn is kept');
  return unreleased({
    size: figureOf(size),
    ...(difference === undefined ? {} : { difference: figureOf(difference) }),
  });
}

/** Debit, draw and figure stand in one transaction: what a crash takes back, nobody has seen. */
async function drawOne(
  ground: WorkerGround,
  job: RunningJob,
  { plan, figure, counts }: { plan: GatePlan; figure: PaidFigure; counts: Unreleased<DeliverableCounts> },
): Promise<boolean> {
  const { collaboration } = plan.matched;
  const { result } = await job.during(
    (isDrawn: boolean) => ({
      tenantId: job.tenantId,
      actor: job.actor,
      event: isDrawn ? 'budget.drawn' : 'analysis.refused',
      outcome: isDrawn ? 'succeeded' : 'denied',
      subject: { kind: 'job', id: job.id },
      detail: { collaboration: collaboration.id, picoRho: Number(figure.cost), figure: figure.name },
    }),
    async (tx) => {
      const reservation = await reserve(tx, ledgerOf(ground, plan), {
        tenantId: job.tenantId,
        subjectId: newId('deb'),
        ...figure.key,
        cost: figure.cost,
      });
      if (!reservation.ok) return false;
      await draw(ground, tx, { debit: reservation.debit, plan, figure, counts });
      return true;
    },
  );
  return result;
}

async function draw(
  ground: WorkerGround,
  tx: AuditedTransaction,
  of: {
    debit: Parameters<typeof keepAnswer>[1];
    plan: GatePlan;
    figure: PaidFigure;
    counts: Unreleased<DeliverableCounts>;
  },
): Promise<void> {
  const at = instantOf(ground.clock);
  await beginDraw(tx, of.debit.id, at);
  const { privacy } = of.plan.matched.collaboration.terms;
  const drawn = withinLock(of.counts, ({ gate }) => {
    const count = of.figure.name === 'audience-size' ? gate?.persons : gate?.difference;
    if (count === undefined) throw new Error(`nothing was counted for ${of.figure.name}`);
    return answerOf(of.figure.name, gateDraw(count, privacy, noiseOfService(ground.config)), privacy.decisionSigma);
  });
  await keepLocked(drawn, (answer) => keepAnswer(tx, of.debit, { answer, at }));
}

function answerOf(name: string, value: number, sigma: number): NoisedAnswer {
  return { metrics: [{ name, unit: 'persons', sigma, perPerson: 1, cells: [{ key: {}, value, declared: true }] }] };
}

function figureOf({ metrics }: NoisedAnswer): number {
  const value = metrics[0]?.cells[0]?.value;
  if (value === undefined) throw new Error('a kept figure has one cell');
  return value;
}

function ledgerOf(ground: WorkerGround, { matched }: GatePlan): LedgerQuestion {
  const { id: collaborationId, terms } = matched.collaboration;
  return { collaborationId, terms: terms.privacy, now: instantOf(ground.clock) };
}
