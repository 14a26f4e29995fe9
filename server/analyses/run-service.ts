// Asking a reviewed question: judged by every contributor's rule and paid for from the budget before a job may count anybody.
import type { RunPreview, RunRequest } from '../../openapi/generated/api.ts';
import type { Decision } from '../../policies/decide.ts';
import { varianceOf } from '../../policies/noised-answer.ts';
import { instantOf } from '../clock.ts';
import { assertAcceptedMember, assertActive, type Collaboration } from '../collaborations/collaboration.ts';
import { getVisibleCollaboration, lockVisibleCollaboration } from '../collaborations/collaboration-store.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { type AuditedTransaction, auditedTransaction, recordEvent } from '../database/audited-transaction.ts';
import { shownDecision } from '../deliveries/shown-counts.ts';
import { ServiceError } from '../errors.ts';
import type { Ground } from '../ground.ts';
import { byCaller } from '../http/caller.ts';
import type { TenantCaller } from '../http/tenant-caller.ts';
import { newId } from '../ids.ts';
import { insertJob } from '../jobs/job-store.ts';
import { ledgerDatasets } from './dataset-budget.ts';
import { costBody } from './privacy-budget-body.ts';
import { type Budget, getBudget, reserve } from './privacy-ledger.ts';
import {
  assertAnswerable,
  decideBeforeCounting,
  groundOfQuestion,
  type QuestionGround,
  standingOf,
} from './question-ground.ts';
import { questionText } from './question-text.ts';
import { type Run, runs } from './run.ts';

export interface Question {
  readonly collaborationId: string;
  readonly request: RunRequest;
}

/** Rolls the transaction back; the refusal is recorded in one of its own. */
class QuestionRefused extends Error {
  override readonly name = 'QuestionRefused';
  readonly decision: Decision;

  constructor(decision: Decision) {
    super('the question was refused');
    this.decision = decision;
  }
}

/** Throws `refused_by_policy` with the decision when a rule or the budget does not allow the question. */
export async function createRun(ground: Ground, caller: TenantCaller, question: Question): Promise<Run> {
  const id = newId('run');
  const event = {
    ...byCaller(caller),
    event: 'analysis.requested',
    outcome: 'succeeded',
    subject: { kind: 'run', id },
    detail: { analysis: question.request.analysis, collaboration: question.collaborationId },
  } as const;
  try {
    const { result } = await auditedTransaction(ground.db, event, (tx) => ask(ground, tx, { id, caller, question }));
    return result;
  } catch (error) {
    if (!(error instanceof QuestionRefused)) throw error;
    throw await refusal(ground, caller, { id, question, decision: error.decision });
  }
}

async function ask(
  ground: Ground,
  tx: AuditedTransaction,
  { id, caller, question }: { id: string; caller: TenantCaller; question: Question },
): Promise<Run> {
  const now = instantOf(ground.clock);
  const collaboration = await lockVisibleCollaboration(tx, { id: question.collaborationId, tenantId: caller.tenantId });
  assertActive(collaboration, now);
  assertAcceptedMember(collaboration, caller.tenantId);
  const asked = await groundOfQuestion(ground, tx.trx, { collaboration, asker: caller, request: question.request });
  const standing = await standingOf(tx.trx, asked);
  const decision = decideBeforeCounting(ground, asked, standing);
  if (decision.outcome === 'deny') throw new QuestionRefused(decision);
  assertAnswerable(asked);
  if (asked.cost > 0n) {
    const { snapshot, question: hash } = asked.key;
    const price = { snapshot, question: hash, cost: asked.cost, isRelease: true };
    const reservation = await reserve(tx, asked.ledger, { tenantId: caller.tenantId, subjectId: id, ...price });
    if (!reservation.ok) {
      const budget = { ...standing.budget, left: reservation.left };
      throw new QuestionRefused(decideBeforeCounting(ground, asked, { ...standing, budget }));
    }
    // Now that the datasets are locked: another collaboration may have had the last release of the day. Ours is counted too.
    const { releasesToday } = await standingOf(tx.trx, asked);
    const again = decideBeforeCounting(ground, asked, { ...standing, releasesToday: releasesToday - 1 });
    if (again.outcome === 'deny') throw new QuestionRefused(again);
  }
  const job = {
    kind: 'run',
    tenantId: caller.tenantId,
    subject: { kind: 'run', id },
    turnId: collaboration.id,
    input: { runId: id, requestedBy: caller.memberId },
    createdBy: caller.memberId,
  };
  const run = runOf(asked, { id, tenantId: caller.tenantId, jobId: await insertJob(tx, job, now), now });
  await runs.insert(tx, run);
  return run;
}

function runOf(asked: QuestionGround, of: { id: string; tenantId: string; jobId: string; now: string }): Run {
  const { request } = asked.resolved;
  return {
    id: of.id,
    collaborationId: asked.collaboration.id,
    tenantId: of.tenantId,
    analysis: request.analysis,
    matchId: request.match_id ?? null,
    question: request,
    asked: questionText(asked.resolved),
    questionHash: asked.key.question,
    snapshot: asked.snapshot,
    status: 'queued',
    jobId: of.jobId,
    result: null,
    decision: null,
    receiptEventId: null,
    createdAt: of.now,
  };
}

async function refusal(
  ground: Ground,
  caller: TenantCaller,
  of: { id: string; question: Question; decision: Decision },
): Promise<ServiceError> {
  const eventId = await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'analysis.refused',
    outcome: 'denied',
    subject: { kind: 'run', id: of.id },
    decision: of.decision,
    detail: { analysis: of.question.request.analysis, collaboration: of.question.collaborationId },
  });
  return new ServiceError('refused_by_policy', { decision: shownDecision(of.decision, eventId) });
}

/** What asking would cost and whether it would be allowed. Nothing is reserved and nobody counted. */
export async function previewRun(ground: Ground, caller: TenantCaller, question: Question): Promise<RunPreview> {
  const { knex } = ground.db;
  const collaboration = await getActiveCollaboration(ground, caller, question.collaborationId);
  const asked = await groundOfQuestion(ground, knex, { collaboration, asker: caller, request: question.request });
  const standing = await standingOf(knex, asked);
  const decision = decideBeforeCounting(ground, asked, standing);
  if (decision.outcome === 'allow') assertAnswerable(asked);
  const eventId = await recordEvent(ground.db, {
    ...byCaller(caller),
    event: 'analysis.previewed',
    outcome: decision.outcome === 'allow' ? 'allowed' : 'denied',
    subject: { kind: 'collaboration', id: collaboration.id },
    decision,
    detail: { analysis: question.request.analysis },
  });
  return {
    question: questionText(asked.resolved),
    snapshot: asked.snapshot,
    threshold: asked.threshold,
    noise: asked.shapes.map((shape) => {
      const { numerator, denominator } = varianceOf(shape, collaboration.terms.privacy);
      const sigma = Math.sqrt(Number(numerator) / Number(denominator)) / shape.scale;
      return { metric: shape.name, unit: shape.unit, interval_half_width: Math.ceil(1.96 * sigma) };
    }),
    cost: costBody(asked.cost, standing.budget),
    decision: shownDecision(decision, eventId),
  };
}

async function getActiveCollaboration(ground: Ground, caller: TenantCaller, id: string): Promise<Collaboration> {
  const collaboration = await getVisibleCollaboration(ground.db.knex, { id, tenantId: caller.tenantId });
  assertActive(collaboration, instantOf(ground.clock));
  assertAcceptedMember(collaboration, caller.tenantId);
  return collaboration;
}

/** Over all that is contributed. */
export async function getBudgetOf(ground: Ground, collaboration: Collaboration): Promise<Budget> {
  const { knex } = ground.db;
  const all = await contributions.listAll(knex, { collaboration_id: collaboration.id });
  return getBudget(knex, {
    collaborationId: collaboration.id,
    terms: collaboration.terms.privacy,
    now: instantOf(ground.clock),
    datasets: ledgerDatasets(
      collaboration,
      all.filter(({ status }) => status !== 'withdrawn'),
    ),
  });
}
