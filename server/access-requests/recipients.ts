// To whom a person went, or may have gone. Of own audiences exactly; of those over a collaboration only which there are, alike for
// everybody in the contribution, since who was among them would say whom the partner knows.
import { isInAudience, toldOf } from '../../matching/person-view/person-view.ts';
import type { HeldContribution, HeldDataset, PersonAnswer, ReleaseOfPerson } from '../../openapi/generated/api.ts';
import { audiences } from '../audiences/audience.ts';
import { getEvent } from '../audit-log/audit-log-store.ts';
import { findCollaboration } from '../collaborations/collaboration-store.ts';
import { contributions } from '../collaborations/contribution-store.ts';
import { deliveries } from '../deliveries/delivery.ts';
import { destinations } from '../destinations/destination.ts';
import type { WorkerGround } from '../ground.ts';
import { listRemovalTargets, type RemovalTarget } from '../removals/removal-targets.ts';
import { findTenant } from '../tenants/tenant-store.ts';
import type { Sought } from './access-job.ts';

type Recipients = Pick<PersonAnswer, 'collaborations' | 'audiences' | 'releases' | 'possible_releases'>;

export async function recipientsOf(
  ground: WorkerGround,
  sought: Sought,
  datasets: readonly HeldDataset[],
): Promise<Recipients> {
  const targets = await listRemovalTargets(ground.db.knex, sought.tenantId);
  const lent = await contributionsOf(ground, sought, datasets);
  const own = targets.filter(({ reaches }) => reaches.every(({ through }) => through === undefined));
  const told = await Promise.all(own.map((target) => releaseTo(ground, sought, target)));
  return {
    collaborations: lent,
    audiences: await audiencesOf(ground, sought),
    releases: told.flatMap((release) => release ?? []),
    possible_releases: possibleReleases(targets, lent),
  };
}

async function contributionsOf(
  ground: WorkerGround,
  { tenantId }: Sought,
  datasets: readonly HeldDataset[],
): Promise<HeldContribution[]> {
  const versions = new Set(datasets.map(({ version_id: id }) => id));
  const all = await contributions.listAll(ground.db.knex, { tenant_id: tenantId });
  const lent = all.filter(({ versionId, status }) => versions.has(versionId ?? '') && status !== 'withdrawn');
  return Promise.all(
    lent.map(async ({ collaborationId, datasetId, alias, contributedAt, rule }) => {
      const collaboration = await findCollaboration(ground.db.knex, collaborationId);
      const partners = (collaboration?.members ?? []).filter((member) => member.tenantId !== tenantId);
      const { allowed, purposes, destinations: kinds } = rule.activation;
      return {
        collaboration_id: collaborationId,
        name: collaboration?.name ?? '',
        dataset_id: datasetId,
        alias,
        contributed_at: contributedAt,
        partners: await Promise.all(
          partners.map(async (member) => ({
            tenant_id: member.tenantId,
            name: (await findTenant(ground.db, member.tenantId))?.name ?? '',
          })),
        ),
        purposes: allowed ? [...purposes] : [],
        destinations: allowed ? [...kinds] : [],
      };
    }),
  );
}

async function audiencesOf(
  ground: WorkerGround,
  { access, tenantId, scope }: Sought,
): Promise<Recipients['audiences']> {
  const of: Recipients['audiences'] = [];
  for (const { id, name, datasetId, versionId, instant, expiresAt } of await audiences.listAll(ground.db.knex, {
    tenant_id: tenantId,
    match_id: null,
  })) {
    const version = scope.versions.find((one) => one.version === versionId)?.version;
    if (version === undefined || !(await isInAudience(ground.engine, { access, audience: id, version }))) continue;
    of.push({ audience_id: id, name, dataset_id: datasetId ?? '', made_at: instant, expires_at: expiresAt });
  }
  return of;
}

async function releaseTo(
  ground: WorkerGround,
  { access }: Sought,
  { audienceId: audience, destinationId, purposes }: RemovalTarget,
): Promise<ReleaseOfPerson | undefined> {
  const rounds = await toldOf(ground.engine, { access, audience, destination: destinationId });
  if (rounds.length === 0) return undefined;
  const { id, name, kind, region } = await destinations.get(ground.db.knex, destinationId);
  const place = { audience, destination: destinationId };
  const told = await Promise.all(
    rounds.map(async ({ round, state }) => ({ change: state, ...(await deliveryOf(ground, { ...place, round })) })),
  );
  return { destination_id: id, name, kind, region, audience_id: audience, purposes: [...purposes], told };
}

type Told = Omit<ReleaseOfPerson['told'][number], 'change'>;

/** The delivery that told so; unknown where it was one of before deliveries kept their number. */
async function deliveryOf(
  ground: WorkerGround,
  of: { audience: string; destination: string; round: number },
): Promise<Told> {
  const { knex } = ground.db;
  const row = (await knex('delivery_rounds')
    .join('deliveries', 'deliveries.id', 'delivery_rounds.delivery_id')
    .join('activations', 'activations.id', 'deliveries.activation_id')
    .where({ audience_id: of.audience, destination_id: of.destination, round: of.round })
    .orderBy('deliveries.id', 'desc')
    .first('deliveries.id')) as { id: string } | undefined;
  if (row === undefined) return { delivery_id: null, at: null, decision_event_id: null, consent_snapshot_hash: null };
  const { finishedAt, createdAt, decision, tenantId } = await deliveries.get(knex, row.id);
  const eventId = decision?.event_id ?? null;
  const detail = eventId === null ? {} : await detailOf(ground, { eventId, tenantId });
  const hash = detail.consentSnapshotHash;
  return {
    delivery_id: row.id,
    at: finishedAt ?? createdAt,
    decision_event_id: eventId,
    consent_snapshot_hash: typeof hash === 'string' ? hash : null,
  };
}

async function detailOf(ground: WorkerGround, of: { eventId: string; tenantId: string }) {
  const { leaf } = await getEvent(ground.db.knex, of);
  return (JSON.parse(leaf) as { detail?: Record<string, unknown> }).detail ?? {};
}

/** Alike for whoever is in the contribution; of a partner's destination its kind alone. */
function possibleReleases(
  targets: readonly RemovalTarget[],
  lent: readonly HeldContribution[],
): Recipients['possible_releases'] {
  return targets.flatMap(({ reaches, destinationKind, destinationTenantId, purposes }) => {
    const through = reaches.find((reach) =>
      lent.some((one) => one.collaboration_id === reach.through?.collaborationId && one.dataset_id === reach.datasetId),
    )?.through;
    if (through === undefined) return [];
    return [
      {
        collaboration_id: through.collaborationId,
        destination_kind: destinationKind,
        destination_tenant_id: destinationTenantId,
        purposes: [...purposes],
      },
    ];
  });
}
