// An answer out of the budget: the stored one, or one counted and noised now, under a debit that is spent before the first draw.
import { createHmac } from 'node:crypto';
import { computeAnalysis } from '../../matching/analyses/compute.ts';
import { isAnyListShort } from '../../matching/short-lists.ts';
import { type NoisedAnswer, noisedAnswer } from '../../policies/noised-answer.ts';
import { keepLocked, type Unreleased, unreleased, withinLock } from '../../policies/release.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import { assertShapes, namedByAlias } from './answer-checks.ts';
import { noiseOfService } from './noise-of-service.ts';
import { beginDraw, findStoredAnswer, keepAnswer } from './privacy-ledger.ts';
import type { Debit } from './privacy-ledger-store.ts';
import { boundsOf, engineQuestion, type QuestionGround } from './question-ground.ts';

export interface BudgetedAnswer {
  readonly noised: Unreleased<NoisedAnswer>;
  /** Undefined for an answer that was stored. */
  readonly debit: Debit | undefined;
}

interface Paid {
  readonly asked: QuestionGround;
  readonly debit: Debit | undefined;
  /** What the audit log names as that which was asked for. */
  readonly subject: { readonly kind: 'run' | 'audience'; readonly id: string };
}

/** Throws PermanentFailure `draw_lost` when noise was drawn under the debit before: one debit, one draw. */
export async function budgetedAnswer(ground: WorkerGround, job: RunningJob, paid: Paid): Promise<BudgetedAnswer> {
  const { asked, debit } = paid;
  const stored = await findStoredAnswer(ground.db.knex, asked.key);
  if (stored !== undefined) return { noised: unreleased(stored), debit: undefined };
  if (debit?.state !== 'reserved') {
    const detail = 'The worker ended between the draw of the noise and the answer. The cost is spent; ask again.';
    throw new PermanentFailure({ code: 'draw_lost', detail });
  }
  const { collaboration, resolved, shapes } = asked;
  await assertLongLists(ground, asked);
  job.progress({ phase: 'counting', rows: 0, bytes: 0 });
  const truth = await computeAnalysis(ground.engine, {
    run: paid.subject.id,
    ...engineQuestion(resolved, collaboration),
    bounding: { ...boundsOf(collaboration), key: await boundingKey(ground, collaboration.id) },
  });
  const counted = withinLock(truth, (answer) => namedByAlias(assertShapes(answer, shapes), resolved.sources));
  await spendDebit(ground, job, { ...paid, debit });
  const noise = noiseOfService(ground.config);
  return { noised: noisedAnswer(counted, collaboration.terms.privacy, noise), debit };
}

/** In the transaction that makes the answer visible. Does nothing for one that is kept already. */
export async function keepBudgeted(
  tx: AuditedTransaction,
  { noised, debit }: BudgetedAnswer,
  at: string,
): Promise<void> {
  if (debit !== undefined) await keepLocked(noised, (answer) => keepAnswer(tx, debit, { answer, at }));
}

/** An overlap may name contributions that were never matched. */
async function assertLongLists(ground: WorkerGround, { collaboration, resolved }: QuestionGround): Promise<void> {
  const { minimumListPersons } = collaboration.terms.privacy;
  const contributions = resolved.sources.map(({ contribution }) => contribution);
  if (!(await isAnyListShort(ground.engine, contributions, minimumListPersons))) return;
  const detail = `A contribution has fewer than ${minimumListPersons} persons, which the terms ask for.`;
  throw new PermanentFailure({ code: 'list_too_short', detail });
}

/** Chooses the same groups of a person in every run of a collaboration, and others in every other collaboration. */
async function boundingKey(ground: WorkerGround, collaborationId: string): Promise<Uint8Array> {
  const key = await ground.keys.getCollaborationKey(collaborationId);
  return createHmac('sha256', key).update('bounding of analyses').digest();
}

/** Before the first draw: from here on the cost is spent, whatever becomes of this process. */
async function spendDebit(ground: WorkerGround, job: RunningJob, paid: Paid & { debit: Debit }): Promise<void> {
  const { debit, subject } = paid;
  const { result: isFirst } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'budget.drawn',
      outcome: 'succeeded',
      subject,
      detail: { collaboration: debit.collaborationId, picoRho: debit.cost, snapshot: debit.snapshot },
    },
    (tx) => beginDraw(tx, debit.id, instantOf(ground.clock)),
  );
  if (!isFirst) throw new PermanentFailure({ code: 'draw_lost', detail: 'Noise was drawn under this debit already.' });
}
