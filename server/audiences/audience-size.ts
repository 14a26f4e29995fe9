// The size of an audience. Over a collaboration it is a figure like any other, the answer to a question of segment size: noised, paid
// from the same budget, stored for whoever asks the same again. Over an own dataset it is the tenant's own figure.
import type { RunRequest } from '../../openapi/generated/api.ts';
import { aggregateRequest } from '../../policies/aggregate-release.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import type { Decision } from '../../policies/decide.ts';
import { deltaOfUndeclared, greatestCount, shownMetric } from '../../policies/noised-answer.ts';
import { decideOn, recordedDecision, releaseWith, type Unreleased } from '../../policies/release.ts';
import type { Cell } from '../activations/activation.ts';
import type { AudienceGrounds, MatchedGrounds } from '../activations/activation-grounds.ts';
import { type BudgetedAnswer, budgetedAnswer } from '../analyses/budgeted-answer.ts';
import { reserve } from '../analyses/privacy-ledger.ts';
import { type Debit, findDebitOf } from '../analyses/privacy-ledger-store.ts';
import {
  decideBeforeCounting,
  groundOfQuestion,
  type QuestionGround,
  standingOf,
} from '../analyses/question-ground.ts';
import { instantOf } from '../clock.ts';
import { regionOfTenant } from '../collaborations/residency.ts';
import { thresholdOf } from '../deliveries/selection.ts';
import { cellOf } from '../deliveries/shown-counts.ts';
import { ServiceError } from '../errors.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';

export interface AudienceSizeShown {
  /** Null where the size may not be told at all, such as for want of budget. */
  readonly cell: Cell | null;
  /** To be kept in the transaction that shows the size. */
  readonly answer?: BudgetedAnswer;
}

export async function releaseSize(
  ground: WorkerGround,
  job: RunningJob,
  of: { grounds: AudienceGrounds; size: Unreleased<{ persons: number }> },
): Promise<AudienceSizeShown> {
  const { grounds, size } = of;
  if (grounds.matched !== undefined) return releaseBudgetedSize(ground, job, { grounds, matched: grounds.matched });
  const threshold = effectiveThreshold(grounds.rules, thresholdOf(grounds).threshold);
  const facts = {
    ...ownFacts(ground, job, grounds),
    receiverRegion: await regionOfTenant(ground.db.knex, job.tenantId),
  };
  const decision = decideOn(size, ({ persons }) => ground.policies.decide(aggregateRequest({ ...facts, persons })));
  const eventId = await recordSize(job, grounds, decision);
  if (decision.outcome === 'deny') return { cell: { fewer_than: threshold } };
  await ground.checkpoints.checkpointNow();
  const recorded = recordedDecision(decision, eventId);
  return {
    cell: releaseWith(size, ({ persons }) => ({ decision: recorded, shown: cellOf(persons, threshold) })).value,
  };
}

function ownFacts(ground: WorkerGround, job: RunningJob, grounds: AudienceGrounds) {
  return {
    analysis: 'audience-size',
    requestedBy: { memberId: String(job.input.requestedBy), tenantId: job.tenantId },
    rules: grounds.rules,
    filterAttributes: grounds.usedAttributes,
    collaborationStatus: grounds.collaborationStatus,
    instant: instantOf(ground.clock),
  };
}

async function releaseBudgetedSize(
  ground: WorkerGround,
  job: RunningJob,
  { grounds, matched }: { grounds: AudienceGrounds; matched: MatchedGrounds },
): Promise<AudienceSizeShown> {
  const { segment, audience } = grounds;
  const asked = await sizeQuestion(ground, job, { matched, expression: { ...segment.expression } });
  if (asked === undefined) return { cell: null };
  const paid = await payForSize(ground, job, { grounds, asked });
  if (!paid.ok) return { cell: null };
  const subject = { kind: 'audience', id: audience.id } as const;
  const answer = await budgetedAnswer(ground, job, { asked, debit: paid.debit, subject }).catch(nothingIfLost);
  if (answer === undefined) return { cell: null };
  const decision = decideOn(answer.noised, (noised) =>
    ground.policies.decide(aggregateRequest({ ...asked.facts, persons: greatestCount(noised) })),
  );
  const eventId = await recordSize(job, grounds, decision);
  const isOnlyTooFew = decision.reasons.length === 1 && decision.reasons[0] === 'below_threshold';
  if (decision.outcome === 'deny') return { cell: isOnlyTooFew ? { fewer_than: asked.threshold } : null, answer };
  await ground.checkpoints.checkpointNow();
  const recorded = recordedDecision(decision, eventId);
  const { privacy } = matched.collaboration.terms;
  const { maxGroups } = privacy;
  const showing = { threshold: asked.threshold, delta: deltaOfUndeclared(privacy), maxGroups };
  const cell = releaseWith(answer.noised, ({ metrics }): { decision: typeof recorded; shown: Cell } => {
    const shown = metrics[0] && shownMetric(metrics[0], showing).cells[0];
    return {
      decision: recorded,
      shown: shown?.value == null ? { fewer_than: asked.threshold } : { value: shown.value },
    };
  }).value;
  return { cell, answer };
}

/** Undefined when the question may not be asked any more, as a rule has closed an attribute since the segment was kept. */
async function sizeQuestion(
  ground: WorkerGround,
  job: RunningJob,
  { matched, expression }: { matched: MatchedGrounds; expression: NonNullable<RunRequest['segment']> },
): Promise<QuestionGround | undefined> {
  const { collaboration, match } = matched;
  const asker = { tenantId: job.tenantId, memberId: String(job.input.requestedBy) };
  const request: RunRequest = { analysis: 'segment-size', match_id: match.id, segment: expression };
  try {
    const asked = await groundOfQuestion(ground, ground.db.knex, { collaboration, asker, request });
    return { ...asked, facts: { ...asked.facts, analysis: 'audience-size' } };
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

type Payment = { readonly ok: true; readonly debit: Debit | undefined } | { readonly ok: false };

async function payForSize(
  ground: WorkerGround,
  job: RunningJob,
  { grounds, asked }: { grounds: AudienceGrounds; asked: QuestionGround },
): Promise<Payment> {
  const { id: collaborationId } = asked.collaboration;
  const earlier = await findDebitOf(ground.db.knex, job.id);
  if (earlier !== undefined || asked.cost === 0n) return { ok: true, debit: earlier };
  const decision = decideBeforeCounting(ground, asked, await standingOf(ground.db.knex, asked));
  if (decision.outcome === 'deny') {
    await recordSize(job, grounds, decision);
    return { ok: false };
  }
  const { result } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'analysis.requested',
      outcome: 'succeeded',
      subject: { kind: 'audience', id: grounds.audience.id },
      detail: { analysis: 'audience-size', collaboration: collaborationId },
    },
    (tx) => {
      const { snapshot, question } = asked.key;
      const price = { snapshot, question, cost: asked.cost, isRelease: true };
      return reserve(tx, asked.ledger, { tenantId: job.tenantId, subjectId: job.id, ...price });
    },
  );
  return result.ok ? { ok: true, debit: result.debit } : { ok: false };
}

/** The audience stands without its size when its answer was lost between draw and disclosure. */
function nothingIfLost(error: unknown): undefined {
  if (error instanceof PermanentFailure) return undefined;
  throw error;
}

async function recordSize(job: RunningJob, grounds: AudienceGrounds, decision: Decision): Promise<string> {
  const isAllowed = decision.outcome === 'allow';
  const { eventId } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: isAllowed ? 'audience.size-released' : 'audience.size-refused',
      outcome: isAllowed ? 'allowed' : 'denied',
      subject: { kind: 'audience', id: grounds.audience.id },
      decision,
      detail: {},
    },
    async () => undefined,
  );
  return eventId;
}
