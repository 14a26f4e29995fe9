// A dry run: the selection and the decisions of a delivery on real data, shown as counts. Nothing is sent.
import { setTimeout as pause } from 'node:timers/promises';
import { dropSelection } from '../../matching/distribute-delta.ts';
import { aggregateRequest } from '../../policies/aggregate-release.ts';
import { effectiveThreshold } from '../../policies/contributor-facts.ts';
import type { Decision } from '../../policies/decide.ts';
import { decideOn, recordedDecision, releaseWith, type Unreleased } from '../../policies/release.ts';
import { type Activation, activations, type DeliveryForecast } from '../activations/activation.ts';
import { showForecast } from '../activations/activation-approval.ts';
import { currentTermsHash } from '../activations/activation-terms.ts';
import { waitMs } from '../analyses/answer-padding.ts';
import { instantOf } from '../clock.ts';
import { regionOfTenant } from '../collaborations/residency.ts';
import { recordEvent } from '../database/audited-transaction.ts';
import type { WorkerGround } from '../ground.ts';
import type { RunningJob } from '../jobs/running-job.ts';
import type { JobKind } from '../jobs/worker-loop.ts';
import { noisedCounts, type ShownCounts } from './noised-counts.ts';
import { regionOf, type Selection, selectForDelivery, thresholdOf } from './selection.ts';
import { cellOf, cellsOf, shownDecision } from './shown-counts.ts';

export function dryRunJob(ground: WorkerGround): JobKind {
  return {
    name: 'dry-run',
    async run(job) {
      const startedMs = ground.clock.now().getTime();
      const activation = await activations.get(ground.db.knex, String(job.input.activationId));
      const termsHash = await currentTermsHash(ground.db.knex, activation);
      const selection = await selectForDelivery(ground, job, { selectionId: activation.id, activation });
      const forecast = { ...(await forecastOf(ground, job, { activation, selection })), terms_hash: termsHash };
      await dropSelection(ground.engine, activation.id);
      await pause(waitMs(ground.clock.now().getTime() - startedMs), undefined, { signal: job.signal });
      await job.complete(
        { state: 'succeeded' },
        {
          tenantId: job.tenantId,
          actor: job.actor,
          event: 'activation.previewed',
          outcome: 'succeeded',
          subject: { kind: 'activation', id: activation.id },
          detail: {},
        },
        async (tx) => {
          const current = await activations.get(tx.trx, activation.id);
          await activations.save(tx, { ...current, dryRun: forecast });
          await showForecast(ground, tx, { activation: current, forecast });
        },
      );
    },
  };
}

/** The counts are a figure of their own, decided as such; whether the audience may leave is told beside them. */
async function forecastOf(
  ground: WorkerGround,
  job: RunningJob,
  { activation, selection }: { activation: Activation; selection: Selection },
): Promise<Omit<DeliveryForecast, 'terms_hash'>> {
  const { grounds, decision } = selection;
  const at = instantOf(ground.clock);
  const threshold = effectiveThreshold(grounds.rules, thresholdOf(grounds).threshold);
  const counts = await noisedCounts(ground, job, { plan: selection.gate, counts: selection.counts, threshold });
  const hidden = { fewer_than: threshold };
  const withheld = {
    audience: hidden,
    would_deliver: hidden,
    refused: {},
    decision: shownDecision(decision, null),
    at,
  };
  if (counts === undefined) return withheld;
  const receiverRegion = await regionOfTenant(ground.db.knex, job.tenantId);
  const figure = decideSize(ground, { activation, grounds, counts, at, receiverRegion });
  const eventId = await recordEvent(ground.db, {
    tenantId: job.tenantId,
    actor: job.actor,
    event: 'analysis.decided',
    outcome: figure.outcome === 'allow' ? 'allowed' : 'denied',
    subject: { kind: 'activation', id: activation.id },
    decision: figure,
    detail: { analysis: 'audience-size' },
  });
  const whether = shownDecision(decision, eventId);
  if (figure.outcome === 'deny') return { ...withheld, decision: whether };
  await ground.checkpoints.checkpointNow();
  const recorded = recordedDecision(figure, eventId);
  return releaseWith(counts, ({ persons, deliverable, refused }) => ({
    decision: recorded,
    shown: {
      audience: cellOf(persons, threshold),
      would_deliver: cellOf(deliverable, threshold),
      refused: cellsOf(refused, threshold),
      decision: whether,
      at,
    },
  })).value;
}

/** The size that is shown beside the forecast is a figure, decided as such. */
function decideSize(
  ground: WorkerGround,
  of: {
    activation: Activation;
    grounds: Selection['grounds'];
    counts: Unreleased<ShownCounts>;
    at: string;
    receiverRegion: string | null;
  },
): Decision {
  const { activation, grounds, counts, at, receiverRegion } = of;
  return decideOn(counts, ({ persons }) =>
    ground.policies.decide(
      aggregateRequest({
        analysis: 'audience-size',
        requestedBy: { memberId: activation.requestedBy, tenantId: activation.tenantId },
        persons,
        ...thresholdOf(grounds),
        rules: grounds.rules,
        filterAttributes: grounds.usedAttributes,
        collaborationStatus: grounds.collaborationStatus,
        ...regionOf(grounds),
        receiverRegion,
        ...(grounds.collaborationEndsAt === undefined ? {} : { collaborationEndsAt: grounds.collaborationEndsAt }),
        instant: at,
      }),
    ),
  );
}
