// Evaluates a segment into an audience. Only its size may come out, decided as the figure that it is.
import { setTimeout as pause } from 'node:timers/promises';
import { type AudienceSource, dropAudience, evaluateAudience } from '../../matching/audience.ts';
import { attributeColumns } from '../../matching/tables.ts';
import type { Unreleased } from '../../policies/release.ts';
import { type AudienceGrounds, getAudienceGrounds } from '../activations/activation-grounds.ts';
import { waitMs } from '../analyses/answer-padding.ts';
import { keepBudgeted } from '../analyses/budgeted-answer.ts';
import { refundUndrawn } from '../analyses/privacy-ledger.ts';
import { instantOf } from '../clock.ts';
import { type DeliverySide, getDeliverySides } from '../deliveries/delivery-sides.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { OWN_ALIAS } from '../segments/segment-service.ts';
import { audiences } from './audience.ts';
import { releaseSize } from './audience-size.ts';

export function audienceJob(ground: WorkerGround): JobKind {
  return {
    name: 'audience',
    async run(job) {
      const startedMs = ground.clock.now().getTime();
      const { grounds, size, versionId } = await evaluate(ground, job, String(job.input.audienceId));
      const { audience, matched } = grounds;
      const { cell, answer } = await releaseSize(ground, job, { grounds, size });
      // As with any other answer, how long it took tells nothing.
      if (matched !== undefined)
        await pause(waitMs(ground.clock.now().getTime() - startedMs), undefined, { signal: job.signal });
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
          if (answer !== undefined) await keepBudgeted(tx, answer, instantOf(ground.clock));
          const current = await audiences.get(tx.trx, audience.id);
          // A contribution may have gone meanwhile and taken the audience with it.
          if (current.status === 'failed') return false;
          await audiences.save(tx, { ...current, status: 'ready', size: cell, versionId });
          return true;
        },
      );
      if (!isKept) await dropAudience(ground.engine, audience.id);
    },
    async givenUp(tx, job) {
      const audience = await audiences.get(tx.trx, String(job.input.audienceId));
      await audiences.save(tx, { ...audience, status: 'failed', size: null });
      await refundUndrawn(tx, job.id, instantOf(ground.clock));
    },
  };
}

/** Over what is visible and matched now. */
async function evaluate(
  ground: WorkerGround,
  job: RunningJob,
  audienceId: string,
): Promise<{ grounds: AudienceGrounds; size: Unreleased<{ persons: number }>; versionId: string | null }> {
  const grounds = await getAudienceGrounds(ground.db.knex, { audienceId });
  const { audience, segment, matched } = grounds;
  const sides = await getDeliverySides(ground.db.knex, evaluatedAnew(grounds));
  job.progress({ phase: 'evaluating', rows: 0, bytes: 0 });
  const size = await evaluateAudience(ground.engine, {
    audience: audience.id,
    segment: segment.expression,
    sources: sourcesOf(sides, grounds),
    ...(matched === undefined ? {} : { match: matched.match.id }),
  });
  return { grounds, size, versionId: matched === undefined ? (sides[0]?.version ?? null) : null };
}

/** For a delivery that is to be of now. Nobody is told the size, so that it costs nothing: the gate of the delivery counts for itself. */
export async function evaluateUntold(ground: WorkerGround, job: RunningJob, audienceId: string): Promise<void> {
  const { grounds, versionId } = await evaluate(ground, job, audienceId);
  const { audience } = grounds;
  const event = {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'audience.evaluated',
    outcome: 'succeeded',
    subject: { kind: 'audience', id: audience.id },
    detail: { instant: audience.instant },
  } as const;
  await job.during(event, async (tx) => {
    const current = await audiences.get(tx.trx, audience.id);
    if (current.status === 'queued') await audiences.save(tx, { ...current, status: 'ready', size: null, versionId });
  });
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
