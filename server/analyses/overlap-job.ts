// The overlap of two contributions: decided on the true count, recorded, a checkpoint signed, then shown rounded.
import type { MatchCounts } from '../../matching/match.ts';
import { countMatch } from '../../matching/match-counts.ts';
import { aggregateRequest, matchRate } from '../../policies/aggregate-release.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import type { Decision } from '../../policies/decide.ts';
import { DEFAULTS } from '../../policies/privacy-threshold.ts';
import { decideOn, recordedDecision, releaseWith, type Unreleased } from '../../policies/release.ts';
import { instantOf } from '../clock.ts';
import { findCollaboration } from '../collaborations/collaboration-store.ts';
import type { Contribution } from '../collaborations/contribution.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { type Match, matches } from '../collaborations/match.ts';
import { cellOf, cellsOf, shownDecision } from '../deliveries/shown-counts.ts';
import type { WorkerGround } from '../ground.ts';
import { PermanentFailure } from '../jobs/job.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { type OverlapResult, type Run, runs } from './run.ts';

export function overlapJob(ground: WorkerGround): JobKind {
  return {
    name: 'run',
    async run(job) {
      const run = await runs.get(ground.db.knex, String(job.input.runId));
      const match = await matches.get(ground.db.knex, run.matchId);
      if (match.status !== 'ready') {
        throw new PermanentFailure({
          code: 'match_stale',
          detail: 'A contribution changed since the match: match again.',
        });
      }
      const sides = {
        left: await contributions.get(ground.db.knex, match.leftContributionId),
        right: await contributions.get(ground.db.knex, match.rightContributionId),
      };
      const counts = await countMatch(ground.engine, matchTables(match));
      const { decision, threshold } = await decideOverlap(ground, job, { run, sides, counts });
      const eventId = await recordDecision(job, run, decision);
      if (decision.outcome === 'deny')
        return end(job, run, { decision, eventId, result: refusedResult(decision, threshold) });
      await ground.checkpoints.checkpointNow();
      const recorded = recordedDecision(decision, eventId);
      const rounding = { threshold, multiple: DEFAULTS.roundTo };
      const result = releaseWith(counts, ({ matched, byIdentifier, left, right }) => ({
        decision: recorded,
        shown: {
          overlap: cellOf(matched, threshold),
          match_rate: matchRate(matched, sides.left.tenantId === run.tenantId ? left : right, rounding),
          by_identifier: cellsOf(byIdentifier, threshold),
        },
      })).value;
      await end(job, run, { decision, eventId, result });
    },
    async givenUp(tx, job) {
      const run = await runs.get(tx.trx, String(job.input.runId));
      await runs.save(tx, { ...run, status: 'failed' });
    },
  };
}

function matchTables(match: Match): { match: string; left: string; right: string } {
  return { match: match.id, left: match.leftEngineId, right: match.rightEngineId };
}

async function decideOverlap(
  ground: WorkerGround,
  job: RunningJob,
  asked: { run: Run; sides: { left: Contribution; right: Contribution }; counts: Unreleased<MatchCounts> },
): Promise<{ decision: Decision; threshold: number }> {
  const { run, sides, counts } = asked;
  const collaboration = await findCollaboration(ground.db.knex, run.collaborationId);
  if (!collaboration)
    throw new PermanentFailure({ code: 'collaboration_inactive', detail: 'The collaboration is gone.' });
  const { privacyThreshold, endsAt } = collaboration.terms;
  const rules = [sides.left, sides.right].map(({ tenantId, status, rule }) => ({
    tenantId,
    rule: status === 'withdrawn' ? null : rule,
  }));
  const decision = decideOn(counts, ({ matched }) =>
    ground.policies.decide(
      aggregateRequest({
        analysis: run.analysis,
        requestedBy: { memberId: String(job.input.requestedBy), tenantId: run.tenantId },
        persons: matched,
        threshold: privacyThreshold,
        rules,
        collaborationStatus: collaboration.status,
        ...(endsAt === null ? {} : { collaborationEndsAt: endsAt }),
        instant: instantOf(ground.clock),
      }),
    ),
  );
  return { decision, threshold: effectiveThreshold(rules, privacyThreshold) };
}

async function recordDecision(job: RunningJob, run: Run, decision: Decision): Promise<string> {
  const { outcome, policies, reasons, policySetHash } = decision;
  const { eventId } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: 'analysis.decided',
      outcome: outcome === 'allow' ? 'allowed' : 'denied',
      subject: { kind: 'run', id: run.id },
      decision: { policies, reasons, policySetHash },
      detail: { analysis: run.analysis, match: run.matchId },
    },
    async () => undefined,
  );
  return eventId;
}

/** Too few is an answer too, and the only thing that may be said of so few. Any other refusal shows nothing. */
function refusedResult(decision: Decision, threshold: number): OverlapResult | null {
  const isOnlyTooFew = decision.reasons.length === 1 && decision.reasons[0] === 'below_threshold';
  return isOnlyTooFew ? { overlap: { fewer_than: threshold }, match_rate: null, by_identifier: {} } : null;
}

async function end(
  job: RunningJob,
  run: Run,
  ended: { decision: Decision; eventId: string; result: OverlapResult | null },
): Promise<void> {
  const isAllowed = ended.decision.outcome === 'allow';
  await job.complete(
    { state: 'succeeded' },
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: isAllowed ? 'analysis.released' : 'analysis.refused',
      outcome: isAllowed ? 'allowed' : 'denied',
      subject: { kind: 'run', id: run.id },
      detail: { analysis: run.analysis, decision: ended.eventId },
    },
    (tx) =>
      runs.save(tx, {
        ...run,
        status: isAllowed ? 'succeeded' : 'refused',
        result: ended.result,
        decision: shownDecision(ended.decision, ended.eventId),
        receiptEventId: tx.eventId,
      }),
  );
}
