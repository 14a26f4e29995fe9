// Every destination that may hold persons of a tenant: those of its own audiences, and those of partners whose audiences
// drew on its contributions.
import type { Knex } from 'knex';
import type { Side } from '../../matching/audience-sql.ts';

export interface RemovalTarget {
  readonly activationId: string;
  readonly audienceId: string;
  readonly destinationId: string;
  readonly destinationKind: string;
  readonly destinationTenantId: string;
  /** Of every activation of this audience and destination. */
  readonly purposes: readonly string[];
  /** One; two where both sides of a match are the tenant's. */
  readonly reaches: readonly Reached[];
  /** A delivery of the audience waits or runs and may add the person yet. */
  readonly isBusy: boolean;
}

/** A dataset of the tenant that the audience drew on. */
export interface Reached {
  readonly datasetId: string;
  /** Absent for an audience of an own dataset. */
  readonly through: MatchedReach | undefined;
}

export interface MatchedReach {
  readonly collaborationId: string;
  readonly side: Side;
  /** Undefined once a contribution moved on: the pairs number persons of another version. */
  readonly matchId: string | undefined;
  readonly own: ContributedSide;
  readonly partner: ContributedSide;
}

export interface ContributedSide {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly versionId: string;
  readonly engineId: string;
}

interface Row {
  activation_id: string;
  purpose: string;
  audience_id: string;
  destination_id: string;
  destination_kind: string;
  tenant_id: string;
  dataset_id: string | null;
  match_id: string | null;
  match_status: string | null;
  collaboration_id: string | null;
  left_engine_id: string | null;
  right_engine_id: string | null;
  left_contribution_id: string | null;
  right_contribution_id: string | null;
}

interface ContributionRow {
  id: string;
  tenant_id: string;
  dataset_id: string;
  version_id: string | null;
  engine_id: string | null;
}

export async function listRemovalTargets(knex: Knex, tenantId: string): Promise<RemovalTarget[]> {
  const rows = await listDelivered(knex);
  const contributed = await listContributions(knex);
  const busy = await listBusyAudiences(knex);
  const found = rows.flatMap((row) => targetsOf(row, { tenantId, contributed, busy }));
  const first = found.filter((target, at) => found.findIndex((other) => isSame(other, target)) === at);
  return first.map((target) => {
    const purposes = found.filter((other) => isSame(other, target)).flatMap((other) => other.purposes);
    return { ...target, purposes: [...new Set(purposes)] };
  });
}

/** The newest activation of each audience and destination that a delivery was ever asked for. */
async function listDelivered(knex: Knex): Promise<Row[]> {
  return (await knex('activations')
    .join('audiences', 'audiences.id', 'activations.audience_id')
    .join('destinations', 'destinations.id', 'activations.destination_id')
    .leftJoin('matches', 'matches.id', 'audiences.match_id')
    .whereExists(
      knex('deliveries').where('deliveries.activation_id', knex.ref('activations.id')).select('deliveries.id'),
    )
    .orderBy('activations.id', 'desc')
    .select({
      activation_id: 'activations.id',
      purpose: 'activations.purpose',
      audience_id: 'audiences.id',
      destination_id: 'destinations.id',
      destination_kind: 'destinations.kind',
      tenant_id: 'activations.tenant_id',
      dataset_id: 'audiences.dataset_id',
      match_id: 'matches.id',
      match_status: 'matches.status',
      collaboration_id: 'matches.collaboration_id',
      left_engine_id: 'matches.left_engine_id',
      right_engine_id: 'matches.right_engine_id',
      left_contribution_id: 'matches.left_contribution_id',
      right_contribution_id: 'matches.right_contribution_id',
    })) as Row[];
}

async function listContributions(knex: Knex): Promise<ReadonlyMap<string, ContributionRow>> {
  const rows = (await knex('contributions').select(
    ...['id', 'tenant_id', 'dataset_id', 'version_id', 'engine_id'],
  )) as ContributionRow[];
  return new Map(rows.map((row) => [row.id, row]));
}

async function listBusyAudiences(knex: Knex): Promise<ReadonlySet<string>> {
  const rows = (await knex('jobs')
    .where({ kind: 'deliver' })
    .whereIn('state', ['queued', 'running'])
    .select('turn_id')) as { turn_id: string }[];
  return new Set(rows.map((row) => row.turn_id));
}

function targetsOf(
  row: Row,
  of: { tenantId: string; contributed: ReadonlyMap<string, ContributionRow>; busy: ReadonlySet<string> },
): RemovalTarget[] {
  const target = {
    activationId: row.activation_id,
    audienceId: row.audience_id,
    destinationId: row.destination_id,
    destinationKind: row.destination_kind,
    destinationTenantId: row.tenant_id,
    purposes: [row.purpose],
    isBusy: of.busy.has(row.audience_id),
  };
  if (row.match_id === null) {
    if (row.tenant_id !== of.tenantId || row.dataset_id === null) return [];
    return [{ ...target, reaches: [{ datasetId: row.dataset_id, through: undefined }] }];
  }
  const left = of.contributed.get(row.left_contribution_id ?? '');
  const right = of.contributed.get(row.right_contribution_id ?? '');
  if (left === undefined || right === undefined) return [];
  const stands =
    row.match_status === 'ready' && row.left_engine_id === left.engine_id && row.right_engine_id === right.engine_id;
  const matchId = stands ? row.match_id : undefined;
  const collaborationId = row.collaboration_id ?? '';
  const reaches = (['left', 'right'] as const).flatMap((side): Reached[] => {
    const [own, partner] = side === 'left' ? [left, right] : [right, left];
    if (own.tenant_id !== of.tenantId) return [];
    const through = { collaborationId, side, matchId, own: sideOf(own), partner: sideOf(partner) };
    return [{ datasetId: own.dataset_id, through }];
  });
  return reaches.length === 0 ? [] : [{ ...target, reaches }];
}

function sideOf({ tenant_id, dataset_id, version_id, engine_id }: ContributionRow): ContributedSide {
  return { tenantId: tenant_id, datasetId: dataset_id, versionId: version_id ?? '', engineId: engine_id ?? '' };
}

function isSame(left: RemovalTarget, right: RemovalTarget): boolean {
  return left.audienceId === right.audienceId && left.destinationId === right.destinationId;
}
