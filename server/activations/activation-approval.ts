// What the approvers of an activation are shown, and what follows from their decision.
// An officer of another tenant sees all that concerns persons, but not the settings of a destination that is not theirs.
import type { Knex } from 'knex';
import type { JsonObject, JsonValue } from '../../audit/canonical-json.ts';
import { segmentText } from '../../matching/segment-text.ts';
import { tenantsThatMustApprove } from '../../policies/audience-release.ts';
import { type Approval, approvals } from '../approvals/approval.ts';
import { changesBetween } from '../approvals/changes.ts';
import { requestApproval } from '../approvals/request-approval.ts';
import { decidingPolicies, type Forecast, hashOf, type Shown } from '../approvals/shown.ts';
import type { ApprovableKind } from '../approvals/subjects.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { type ConfiguredDestination, destinations } from '../destinations/destination.ts';
import type { Ground } from '../ground.ts';
import { type Activation, activations, type Cell, type DeliveryForecast } from './activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from './activation-grounds.ts';
import { activationSummary } from './activation-summary.ts';
import { currentTermsHash } from './activation-terms.ts';
import { excludedNames } from './exclusions.ts';

export const activationApproval: ApprovableKind = {
  currentBasisHash: async (_ground, knex, id) => currentTermsHash(knex, await activations.get(knex, id)),
  async settle(_ground, tx, { subjectId, outcome, by }) {
    await tx.trx('activations').where({ id: subjectId }).forUpdate().first();
    const activation = await activations.get(tx.trx, subjectId);
    if (activation.status !== 'awaiting_approval') return;
    // What nobody decided in time may be asked for anew.
    await activations.save(tx, { ...activation, status: outcome === 'expired' ? 'draft' : outcome });
    if (outcome === 'expired') return;
    tx.alsoRecord({
      actor: by.actor,
      tenantId: activation.tenantId,
      event: outcome === 'refused' ? 'activation.refused' : 'activation.approved',
      outcome: 'succeeded',
      subject: { kind: 'activation', id: activation.id },
      detail: { termsHash: activation.termsHash },
    });
  },
};

/** One request to each tenant whose rule asks for a second person; none where every rule waives it. */
export async function askApprovers(
  ground: Ground,
  tx: AuditedTransaction,
  of: { activation: Activation; forecast: DeliveryForecast | null },
): Promise<Approval[]> {
  const { activation, forecast } = of;
  const destination = await destinations.get(tx.trx, activation.destinationId);
  const grounds = await getAudienceGrounds(tx.trx, {
    audienceId: activation.audienceId,
    destination: destination.kind,
    purpose: activation.purpose,
  });
  const excluding = await excludedNames(tx.trx, activation);
  const summary = activationSummary({ grounds, destination, purpose: activation.purpose, excluding });
  const earlier = await findEarlierTerms(tx.trx, activation);
  const shownTo = (tenantId: string | null): Shown => {
    const terms = visibleTerms({ activation, grounds, destination, excluding }, tenantId);
    return {
      summary,
      asked_by: activation.requestedBy,
      asked_at: instantOf(ground.clock),
      changes: changesBetween(earlier.get(tenantId) ?? null, terms),
      proposed: terms,
      ...forecastShown(ground, forecast),
      basis_hash: activation.termsHash,
    };
  };
  return requestApproval(tx, ground.clock, {
    subject: { kind: 'activation', id: activation.id },
    tenantIds: tenantsThatMustApprove(grounds.rules),
    shown: shownTo,
    requestedBy: activation.requestedBy,
  });
}

/** The dry run has ended: whoever was shown none yet is shown it now, under a new hash. */
export async function showForecast(
  ground: Ground,
  tx: AuditedTransaction,
  of: { activation: Activation; forecast: DeliveryForecast },
): Promise<void> {
  const where = { subject_kind: 'activation', subject_id: of.activation.id, status: 'pending' };
  for (const approval of await approvals.listAll(tx.trx, where)) {
    if (approval.shown.forecast !== null || approval.shown.basis_hash !== of.forecast.terms_hash) continue;
    const shown = { ...approval.shown, ...forecastShown(ground, of.forecast) };
    await approvals.save(tx, { ...approval, shown, shownHash: hashOf(shown) });
  }
}

function forecastShown(ground: Ground, forecast: DeliveryForecast | null): Pick<Shown, 'forecast' | 'decisions'> {
  if (forecast === null) return { forecast: null, decisions: [] };
  const { decision, ...counts } = forecast;
  const shown: Forecast = { text: forecastText(forecast), detail: { ...counts } as unknown as JsonObject };
  if (decision === null) return { forecast: shown, decisions: [] };
  const { outcome, reasons, policies, policy_set_hash: policySetHash } = decision;
  const gate = 'audience:release';
  return {
    forecast: shown,
    decisions: [decidingPolicies(ground.policies, { gate, outcome, reasons, policies, policySetHash })],
  };
}

/** The counts are those of the dry run: noised where another tenant's persons are among them, never below the threshold. */
export function forecastText({ would_deliver: deliverable, refused }: DeliveryForecast): string {
  const reasons = Object.entries(refused).map(
    ([reason, cell]) => `${cellText(cell)} for ${reason.replaceAll('_', ' ')}`,
  );
  const refusing = reasons.length === 0 ? 'refuse nobody that may be told of' : `refuse ${reasons.join(', ')}`;
  return `This would deliver ${cellText(deliverable)}, ${refusing}.`;
}

function cellText(cell: Cell): string {
  return 'value' in cell ? cell.value.toLocaleString('en') : `fewer than ${cell.fewer_than}`;
}

interface Drafted {
  readonly activation: Pick<Activation, 'purpose' | 'tenantId'>;
  readonly grounds: AudienceGrounds;
  readonly destination: ConfiguredDestination;
  readonly excluding: readonly string[];
}

function visibleTerms({ activation, grounds, destination, excluding }: Drafted, tenantId: string | null): JsonValue {
  const { name, kind, region, settings } = destination;
  const aliases = grounds.matched === undefined ? ['own'] : [grounds.matched.left.alias, grounds.matched.right.alias];
  return {
    audience: grounds.audience.name,
    segment: segmentText(grounds.segment.expression),
    purpose: activation.purpose,
    ...(excluding.length === 0 ? {} : { excluding: [...excluding] }),
    destination: {
      name,
      kind,
      region,
      ...(tenantId === activation.tenantId ? { settings: settings as JsonValue } : {}),
    },
    rules: Object.fromEntries(
      grounds.rules.map(({ rule }, index) => [aliases[index] ?? String(index), rule as unknown as JsonValue]),
    ),
  };
}

/** What was approved last for this destination, as it was shown to each tenant. */
async function findEarlierTerms(knex: Knex, activation: Activation): Promise<ReadonlyMap<string | null, JsonValue>> {
  const row = (await knex('activations')
    .where({ tenant_id: activation.tenantId, destination_id: activation.destinationId, status: 'approved' })
    .whereNot({ id: activation.id })
    .orderBy('id', 'desc')
    .first('id')) as { id: string } | undefined;
  if (row === undefined) return new Map();
  const given = await approvals.listAll(knex, { subject_kind: 'activation', subject_id: row.id, status: 'approved' });
  return new Map(given.map(({ tenantId, shown }) => [tenantId, shown.proposed]));
}
