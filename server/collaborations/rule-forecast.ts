// What a changed rule would do to what stands: the approved activations that draw on it, decided again under it.
// No count of persons enters: they are taken as enough, so that only the rule decides.
import type { Knex } from 'knex';
import { audienceRequest } from '../../policies/audience-release.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import { activations } from '../activations/activation.ts';
import { type AudienceGrounds, getAudienceGrounds } from '../activations/activation-grounds.ts';
import { type DecidingPolicies, decidingPolicies, type Shown } from '../approvals/shown.ts';
import { instantOf } from '../clock.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import { destinations } from '../destinations/destination.ts';
import { destinationFacts } from '../destinations/destination-facts.ts';
import type { Ground } from '../ground.ts';
import type { Change } from './change-proposal.ts';
import { withRegions } from './residency.ts';

const ENOUGH_PERSONS = 1_000_000_000;

interface Standing {
  readonly id: string;
  readonly refusal: DecidingPolicies | undefined;
}

export async function forecastOfRule(
  ground: Ground,
  tx: AuditedTransaction,
  of: { change: Change; collaborationId: string; rule: AnalysisRule },
): Promise<Pick<Shown, 'forecast' | 'decisions'>> {
  const standing = await standingActivations(ground, tx, of);
  const refused = standing.flatMap(({ refusal }) => (refusal === undefined ? [] : [refusal]));
  const text =
    standing.length === 0
      ? 'No approved activation draws on it.'
      : `${standing.length} approved activations draw on it and must be approved anew; the new rule would refuse ${refused.length} of them.`;
  return {
    forecast: { text, detail: { activations: standing.length, refused: refused.length } },
    decisions: distinct(refused),
  };
}

async function standingActivations(
  ground: Ground,
  tx: AuditedTransaction,
  { change, collaborationId, rule }: { change: Change; collaborationId: string; rule: AnalysisRule },
): Promise<Standing[]> {
  if (change.kind !== 'set-rule') return [];
  const rows = (await tx
    .trx('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .join('matches', 'matches.id', 'audiences.match_id')
    .where({ 'matches.collaboration_id': collaborationId, 'activations.status': 'approved' })
    .select('activations.id as id')) as { id: string }[];
  const found: Standing[] = [];
  for (const { id } of rows) {
    const activation = await activations.get(tx.trx, id);
    const destination = await destinations.get(tx.trx, activation.destinationId);
    const { kind, region } = destination;
    const key = { audienceId: activation.audienceId, destination: kind, purpose: activation.purpose };
    const grounds = await getAudienceGrounds(tx.trx, key);
    const rules = await rulesUnder(tx.trx, grounds, { contributionId: change.contributionId, rule });
    if (rules === undefined) continue;
    const decision = ground.policies.decide(
      audienceRequest({
        audienceId: activation.audienceId,
        requestedBy: { memberId: activation.requestedBy, tenantId: activation.tenantId },
        persons: ENOUGH_PERSONS,
        destinationKind: kind,
        destinationRegion: region,
        purpose: activation.purpose,
        ...destinationFacts(destination),
        rules,
        // Approvals are asked for anew; whether they are given is not what is tried here.
        approvals: rules.map(({ tenantId }) => ({ tenantId, memberId: 'to-be-asked', outcome: 'approved' as const })),
        filterAttributes: grounds.usedAttributes,
        collaborationStatus: grounds.collaborationStatus,
        ...(grounds.collaborationRegion === undefined ? {} : { collaborationRegion: grounds.collaborationRegion }),
        instant: instantOf(ground.clock),
      }),
    );
    const shown = decidingPolicies(ground.policies, { ...decision, gate: decision.action });
    found.push({ id, refusal: decision.outcome === 'deny' ? shown : undefined });
  }
  return found;
}

/** The rules with the new one in its place; undefined when the audience does not draw on that contribution. */
async function rulesUnder(
  knex: Knex,
  { matched, rules }: AudienceGrounds,
  changed: { contributionId: string; rule: AnalysisRule },
): Promise<AudienceGrounds['rules'] | undefined> {
  if (matched === undefined) return undefined;
  const sides = [matched.left, matched.right];
  const side = sides.find(({ id }) => id === changed.contributionId);
  if (side === undefined) return undefined;
  const rule = await withRegions(knex, { datasetId: side.datasetId, rule: changed.rule });
  return rules.map((each, index) => (sides[index] === side ? { ...each, rule } : each));
}

function distinct(decisions: readonly DecidingPolicies[]): DecidingPolicies[] {
  return [...new Map(decisions.map((decision) => [JSON.stringify(decision), decision])).values()];
}
