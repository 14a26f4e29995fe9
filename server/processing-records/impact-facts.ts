// Facts for a data protection impact assessment (GDPR art. 35(7)): what protects, how often it refused, what people asked for.
// Counts here are of events and requests, never of persons.
import type { Knex } from 'knex';
import type { ProcessingRecord } from '../../openapi/generated/api.ts';
import { instantOf } from '../clock.ts';
import type { Collaboration } from '../collaborations/collaboration.ts';
import { listVisibleCollaborations } from '../collaborations/collaboration-store.ts';
import type { Ground } from '../ground.ts';

const MOST_COLLABORATIONS = 1000;

export async function impactFacts(ground: Ground, tenantId: string): Promise<ProcessingRecord['impact']> {
  const { knex } = ground.db;
  const page = { before: undefined, limit: MOST_COLLABORATIONS };
  const collaborations = await listVisibleCollaborations(knex, tenantId, page);
  const events = await countEvents(knex, tenantId);
  const count = (name: string, outcome?: string) =>
    events.filter((one) => one.event === name && (outcome === undefined || one.outcome === outcome)).reduce(sum, 0);
  return {
    policy_set_hash: ground.policies.boundBy([tenantId]).hash,
    own_policies: ground.policies.additionsOf(tenantId).map(({ title }) => title),
    collaborations: collaborations.map(collaborationFacts),
    decisions: {
      releases_allowed: count('delivery.decided', 'allowed') + count('analysis.released'),
      releases_refused: count('delivery.decided', 'denied') + count('analysis.refused'),
      access_refused: count('access.denied'),
      approvals_granted: count('approval.granted'),
      approvals_refused: count('approval.refused'),
      approvals_expired: count('approval.expired'),
    },
    incidents: count('load.incident'),
    break_glass_uses: count('break-glass.used'),
    keys_exported: count('key.exported'),
    rights: await rightsOf(ground, tenantId),
  };
}

function sum(total: number, { number }: { number: number }): number {
  return total + number;
}

async function countEvents(knex: Knex, tenantId: string) {
  const rows = (await knex('audit_leaves')
    .where({ tenant_id: tenantId })
    .groupBy('event', 'outcome')
    .select('event', 'outcome')
    .count({ number: '*' })) as { event: string; outcome: string; number: number | string }[];
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

function collaborationFacts({ name, status, members, terms }: Collaboration) {
  const { identifierTypes, privacyThreshold, privacy, endsAt } = terms;
  return {
    name,
    status,
    members: members.filter((member) => member.status !== 'left').map(({ alias }) => alias),
    identifiers: [...identifierTypes],
    privacy_threshold: privacyThreshold,
    epsilon: privacy.epsilon,
    delta: privacy.delta,
    period_days: privacy.periodDays,
    ends_at: endsAt,
  };
}

/** Requests of people, and what destinations were told to take out; overdue ones are named by number. */
async function rightsOf(ground: Ground, tenantId: string): Promise<ProcessingRecord['impact']['rights']> {
  const { knex } = ground.db;
  const now = instantOf(ground.clock);
  const deletions = knex('deletion_requests').where({ tenant_id: tenantId });
  const removals = knex('removals').where({ tenant_id: tenantId });
  const number = async (query: Knex.QueryBuilder): Promise<number> => {
    const [row] = (await query.clone().count({ number: '*' })) as { number: number | string }[];
    return Number(row?.number ?? 0);
  };
  return {
    deletion_requests: await number(deletions),
    deletion_requests_open: await number(deletions.clone().whereNull('completed_at')),
    deletion_requests_overdue: await number(deletions.clone().whereNull('completed_at').where('due_at', '<', now)),
    removals: await number(removals),
    removals_overdue: await number(removals.clone().whereNull('confirmed_at').where('due_at', '<', now)),
  };
}
