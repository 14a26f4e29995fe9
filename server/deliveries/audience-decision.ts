// Decides whether an audience may leave: on all that is known without counting, then on counts that are drawn with noise under a debit,
// kept with it in one transaction, and free whenever the same is asked again, by a dry run or by the delivery itself.
import type { DeliverableCounts } from '../../matching/distribute.ts';
import { certainCount, gateDraw } from '../../policies/audience-gate.ts';
import type { Decision, PolicyRequest } from '../../policies/decide.ts';
import type { NoisedAnswer } from '../../policies/noised-answer.ts';
import { decideOn, type Unreleased, withinBoth, withinLock } from '../../policies/release.ts';
import { noiseOfService } from '../analyses/noise-of-service.ts';
import { findStoredAnswer, getBudget } from '../analyses/privacy-ledger.ts';
import { countReleases } from '../analyses/releases.ts';
import { instantOf } from '../clock.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { drawFigure, ledgerOfPlan } from './drawn-figure.ts';
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
    const { left } = await getBudget(ground.db.knex, ledgerOfPlan(ground, plan));
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
  const { left: budgetLeft } = await getBudget(knex, ledgerOfPlan(ground, plan));
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

/** Undefined when the budget does not suffice for all of them. */
async function drawFigures(
  ground: WorkerGround,
  job: RunningJob,
  { plan, counts }: { plan: GatePlan; counts: Unreleased<DeliverableCounts> },
): Promise<Unreleased<DrawnFigures> | undefined> {
  const { decisionSigma } = plan.matched.collaboration.terms.privacy;
  const drawn: Unreleased<NoisedAnswer>[] = [];
  for (const figure of figuresOf(plan)) {
    const one = await drawFigure(ground, job, {
      plan,
      figure,
      draw: () =>
        withinLock(counts, ({ gate }) => {
          const count = figure.name === 'audience-size' ? gate?.persons : gate?.difference;
          if (count === undefined) throw new Error(`nothing was counted for ${figure.name}`);
          return answerOf(figure.name, decisionSigma, gateNoise(ground, plan, count));
        }),
    });
    if (one === undefined) return undefined;
    drawn.push(one);
  }
  const [size, difference] = drawn;
  if (size === undefined) throw new Error('every audience has a size');
  const sized = withinLock(size, (answer): DrawnFigures => ({ size: figureOf(answer) }));
  if (difference === undefined) return sized;
  return withinBoth(sized, difference, (figures, answer) => ({ ...figures, difference: figureOf(answer) }));
}

function gateNoise(ground: WorkerGround, { matched }: GatePlan, count: number): number {
  return gateDraw(count, matched.collaboration.terms.privacy, noiseOfService(ground.config));
}

function answerOf(name: string, sigma: number, value: number): NoisedAnswer {
  return { metrics: [{ name, unit: 'persons', sigma, perPerson: 1, cells: [{ key: {}, value, declared: true }] }] };
}

function figureOf({ metrics }: NoisedAnswer): number {
  const value = metrics[0]?.cells[0]?.value;
  if (value === undefined) throw new Error('a kept figure has one cell');
  return value;
}
