// Evaluates a segment into an audience. Only its size may come out, decided as the figure that it is.
import { type AudienceSource, dropAudience, evaluateAudience } from '../../matching/audience.ts';
import { attributeColumns } from '../../matching/tables.ts';
import { aggregateRequest } from '../../policies/aggregate-release.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import { decideOn, recordedDecision, releaseWith, type Unreleased } from '../../policies/release.ts';
import type { Cell } from '../activations/activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from '../activations/activation-grounds.ts';
import { instantOf } from '../clock.ts';
import { type DeliverySide, getDeliverySides } from '../deliveries/delivery-sides.ts';
import { thresholdOf } from '../deliveries/selection.ts';
import { cellOf } from '../deliveries/shown-counts.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { OWN_ALIAS } from '../segments/segment-service.ts';
import { audiences } from './audience.ts';

export function audienceJob(ground: WorkerGround): JobKind {
  return {
    name: 'audience',
    async run(job) {
      const grounds = await getAudienceGrounds(ground.db.knex, { audienceId: String(job.input.audienceId) });
      const { audience, segment, matched } = grounds;
      const sides = await getDeliverySides(ground.db.knex, evaluatedAnew(grounds));
      job.progress({ phase: 'evaluating', rows: 0, bytes: 0 });
      const size = await evaluateAudience(ground.engine, {
        audience: audience.id,
        segment: segment.expression,
        sources: sourcesOf(sides, grounds),
        ...(matched === undefined ? {} : { match: matched.match.id }),
      });
      const cell = await releaseSize(ground, job, { grounds, size });
      const { result: isKept } = await job.complete(
        { state: 'succeeded' },
        {
          tenantId: job.tenantId,
          actor: job.actor,
          event: 'audience.evaluated',
          outcome: 'succeeded',
          subject: { kind: 'audience', id: audience.id },
          detail: { instant: audience.instant },
        },
        async (tx) => {
          const current = await audiences.get(tx.trx, audience.id);
          // A contribution may have gone meanwhile and taken the audience with it.
          if (current.status === 'failed') return false;
          const versionId = matched === undefined ? (sides[0]?.version ?? null) : null;
          await audiences.save(tx, { ...current, status: 'ready', size: cell, versionId });
          return true;
        },
      );
      if (!isKept) await dropAudience(ground.engine, audience.id);
    },
    async givenUp(tx, job) {
      const audience = await audiences.get(tx.trx, String(job.input.audienceId));
      await audiences.save(tx, { ...audience, status: 'failed', size: null });
    },
  };
}

/** Over an own dataset an evaluation starts from what is visible now, not from what an earlier one saw. */
function evaluatedAnew(grounds: AudienceGrounds): AudienceGrounds {
  return { ...grounds, audience: { ...grounds.audience, versionId: null } };
}

function sourcesOf(sides: readonly DeliverySide[], { matched }: AudienceGrounds): AudienceSource[] {
  return sides.map(({ side, version, schema }) => ({
    alias: matched === undefined ? OWN_ALIAS : matched[side].alias,
    version,
    side,
    attributes: attributeColumns(schema),
  }));
}

async function releaseSize(
  ground: WorkerGround,
  job: RunningJob,
  { grounds, size }: { grounds: AudienceGrounds; size: Unreleased<{ persons: number }> },
): Promise<Cell> {
  const threshold = effectiveThreshold(grounds.rules, thresholdOf(grounds).threshold);
  const decision = decideOn(size, ({ persons }) =>
    ground.policies.decide(
      aggregateRequest({
        analysis: 'audience-size',
        requestedBy: { memberId: String(job.input.requestedBy), tenantId: job.tenantId },
        persons,
        ...thresholdOf(grounds),
        rules: grounds.rules,
        filterAttributes: grounds.usedAttributes,
        collaborationStatus: grounds.collaborationStatus,
        ...(grounds.collaborationEndsAt === undefined ? {} : { collaborationEndsAt: grounds.collaborationEndsAt }),
        instant: instantOf(ground.clock),
      }),
    ),
  );
  const isAllowed = decision.outcome === 'allow';
  const { policies, reasons, policySetHash } = decision;
  const { eventId } = await job.during(
    {
      tenantId: job.tenantId,
      actor: job.actor,
      event: isAllowed ? 'audience.size-released' : 'audience.size-refused',
      outcome: isAllowed ? 'allowed' : 'denied',
      subject: { kind: 'audience', id: grounds.audience.id },
      decision: { policies, reasons, policySetHash },
      detail: {},
    },
    async () => undefined,
  );
  if (!isAllowed) return { fewer_than: threshold };
  await ground.checkpoints.checkpointNow();
  const recorded = recordedDecision(decision, eventId);
  return releaseWith(size, ({ persons }) => ({ decision: recorded, shown: cellOf(persons, threshold) })).value;
}
