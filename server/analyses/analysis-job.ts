// Answers a question: counts inside, spends the debit, draws noise, decides on the noised figures, signs a checkpoint, and only
// then keeps and shows the answer. A crash between the draw and the answer costs the budget, and never draws twice for one debit.
import { setTimeout as pause } from 'node:timers/promises';
import { aggregateRequest } from '../../policies/aggregate-release.ts';
import type { Decision } from '../../policies/decide.ts';
import { deltaOfUndeclared, greatestCount, type NoisedAnswer } from '../../policies/noised-answer.ts';
import { decideOn, recordedDecision, releaseWith, type Unreleased } from '../../policies/release.ts';
import { instantOf } from '../clock.ts';
import { findCollaboration } from '../collaborations/collaboration-store.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { shownDecision } from '../deliveries/shown-counts.ts';
import { ServiceError } from '../errors.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { waitMs } from './answer-padding.ts';
import { type BudgetedAnswer, budgetedAnswer, keepBudgeted } from './budgeted-answer.ts';
import { refundUndrawn } from './privacy-ledger.ts';
import { findDebitOf } from './privacy-ledger-store.ts';
import { groundOfQuestion, type QuestionGround } from './question-ground.ts';
import { type Run, runs } from './run.ts';
import { shownResult, withheldResult } from './run-result.ts';

export function analysisJob(ground: WorkerGround): JobKind {
  return {
    name: 'run',
    async run(job) {
      const startedMs = ground.clock.now().getTime();
      const run = await runs.get(ground.db.knex, String(job.input.runId));
      const asked = await groundOfRun(ground, job, run);
      const debit = await findDebitOf(ground.db.knex, run.id);
      const answer = await budgetedAnswer(ground, job, { asked, debit, subject: { kind: 'run', id: run.id } });
      const decision = decideNoised(ground, asked, answer.noised);
      const eventId = await recordDecision(job, run, decision);
      await ground.checkpoints.checkpointNow();
      await pause(waitMs(ground.clock.now().getTime() - startedMs), undefined, { signal: job.signal });
      await end(ground, job, { run, asked, answer, decision, eventId });
    },
    async givenUp(tx, job) {
      const run = await runs.get(tx.trx, String(job.input.runId));
      await runs.save(tx, { ...run, status: 'failed' });
      await refund(ground, tx, job, run);
    },
  };
}

/** The question as it was paid for. Throws PermanentFailure when data, rules of matching or terms have changed since. */
async function groundOfRun(ground: WorkerGround, job: RunningJob, run: Run): Promise<QuestionGround> {
  const collaboration = await findCollaboration(ground.db.knex, run.collaborationId);
  const changed = { code: 'snapshot_changed', detail: 'The data or terms changed since the question. Ask again.' };
  if (!collaboration) throw new PermanentFailure(changed);
  const asker = { tenantId: run.tenantId, memberId: String(job.input.requestedBy) };
  try {
    const of = { collaboration, asker, request: run.question };
    const asked = await groundOfQuestion(ground, ground.db.knex, of);
    if (asked.key.snapshot === run.snapshot.hash && asked.key.question === run.questionHash) return asked;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
  throw new PermanentFailure(changed);
}

function decideNoised(ground: WorkerGround, asked: QuestionGround, noised: Unreleased<NoisedAnswer>): Decision {
  return decideOn(noised, (answer) =>
    ground.policies.decide(aggregateRequest({ ...asked.facts, persons: greatestCount(answer) })),
  );
}

async function recordDecision(job: RunningJob, run: Run, decision: Decision): Promise<string> {
  const { eventId } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'analysis.decided',
      outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
      subject: { kind: 'run', id: run.id },
      decision,
      detail: { analysis: run.analysis, collaboration: run.collaborationId },
    },
    async () => undefined,
  );
  return eventId;
}

interface Ended {
  readonly run: Run;
  readonly asked: QuestionGround;
  readonly answer: BudgetedAnswer;
  readonly decision: Decision;
  readonly eventId: string;
}

/** Debit, answer and event stand in one transaction; before it nobody can see the answer. */
async function end(ground: WorkerGround, job: RunningJob, ended: Ended): Promise<void> {
  const { run, answer, decision, eventId } = ended;
  const isAllowed = decision.outcome === 'allow';
  const result = resultOf(ended);
  await job.complete(
    { state: 'succeeded' },
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: isAllowed ? 'analysis.released' : 'analysis.refused',
      outcome: isAllowed ? 'allowed' : 'denied',
      subject: { kind: 'run', id: run.id },
      detail: {
        analysis: run.analysis,
        decision: eventId,
        question: run.questionHash,
        snapshot: run.snapshot.hash,
        picoRho: answer.debit?.cost ?? 0,
      },
    },
    async (tx) => {
      if (answer.debit === undefined) await refund(ground, tx, job, run);
      await keepBudgeted(tx, answer, instantOf(ground.clock));
      await runs.save(tx, {
        ...run,
        status: isAllowed ? 'succeeded' : 'refused',
        result,
        decision: shownDecision(decision, eventId),
        receiptEventId: tx.eventId,
      });
    },
  );
}

/** Too few is an answer too, and the only thing that may be said of so few. Any other refusal shows nothing. */
function resultOf({ run, asked, answer, decision, eventId }: Ended): Run['result'] {
  const { privacy } = asked.collaboration.terms;
  if (decision.outcome === 'deny') {
    const isOnlyTooFew = decision.reasons.length === 1 && decision.reasons[0] === 'below_threshold';
    return isOnlyTooFew ? withheldResult(asked.shapes, asked.threshold) : null;
  }
  const showing = { threshold: asked.threshold, delta: deltaOfUndeclared(privacy), maxGroups: privacy.maxGroups };
  const recorded = recordedDecision(decision, eventId);
  return releaseWith(answer.noised, (noised) => ({
    decision: recorded,
    shown: shownResult(run.analysis, noised, showing),
  })).value;
}

/** What was reserved for an answer that is stored by now, or for a run that came to no draw. */
async function refund(ground: WorkerGround, tx: AuditedTransaction, job: RunningJob, run: Run): Promise<void> {
  if (!(await refundUndrawn(tx, run.id, instantOf(ground.clock)))) return;
  tx.alsoRecord({
    tenantId: run.tenantId,
    actor: job.actor,
    event: 'budget.refunded',
    outcome: 'succeeded',
    subject: { kind: 'run', id: run.id },
    detail: { collaboration: run.collaborationId },
  });
}
