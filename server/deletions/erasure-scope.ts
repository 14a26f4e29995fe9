// Everything of the engine that stands on a tenant's datasets, its partners' matches and audiences included.
import type { Knex } from 'knex';
import type { ErasureScope, ErasureSides, ErasureVersion } from '../../matching/erase/erasure.ts';
import { recordIdPlace } from '../removals/find-removals.ts';

interface ContributionRow {
  id: string;
  tenant_id: string;
  engine_id: string | null;
  version_id: string | null;
}

interface MatchRow {
  id: string;
  left_contribution_id: string;
  right_contribution_id: string;
}

interface AudienceRow {
  id: string;
  match_id: string | null;
  version_id: string | null;
}

export async function getErasureScope(
  knex: Knex,
  of: { erasure: string; tenantId: string },
): Promise<Omit<ErasureScope, 'untold'>> {
  const { tenantId } = of;
  const contributions = (await knex('contributions').where({ tenant_id: tenantId })) as ContributionRow[];
  const own = new Map(contributions.map(({ id, version_id: version }) => [id, version ?? undefined]));
  const matches = (await knex('matches')
    .whereIn('left_contribution_id', [...own.keys()])
    .orWhereIn('right_contribution_id', [...own.keys()])) as MatchRow[];
  const sides = new Map<string, ErasureSides>(
    matches.map((match) => [
      match.id,
      { left: own.get(match.left_contribution_id), right: own.get(match.right_contribution_id) },
    ]),
  );
  const lists = (await knex('suppression_lists').where({ tenant_id: tenantId }).select('id')) as { id: string }[];
  return {
    erasure: of.erasure,
    versions: await listVersions(knex, tenantId),
    contributions: contributions.flatMap(({ engine_id: contribution, version_id: version }) =>
      contribution === null || version === null ? [] : [{ contribution, version }],
    ),
    matches: [...sides].map(([match, of]) => ({ match, ...of })),
    audiences: await listAudiences(knex, { tenantId, sides }),
    suppressionLists: lists.map(({ id }) => id),
  };
}

async function listVersions(knex: Knex, tenantId: string): Promise<ErasureVersion[]> {
  const rows = (await knex('dataset_versions')
    .join('datasets', 'datasets.id', 'dataset_versions.dataset_id')
    .where({ 'dataset_versions.tenant_id': tenantId })
    .orderBy('dataset_versions.id')
    .select('dataset_versions.id as version', 'datasets.id as dataset', 'datasets.schema as schema')) as {
    version: string;
    dataset: string;
    schema: string;
  }[];
  return rows.map(({ version, dataset, schema }) => ({
    version,
    dataset,
    recordIdPlace: placeOrNone(recordIdPlace(schema)),
  }));
}

function placeOrNone(place: number): number | undefined {
  return place < 0 ? undefined : place;
}

/** Audiences over an own dataset, and those over a match with one: whichever member of the collaboration has them. */
async function listAudiences(
  knex: Knex,
  { tenantId, sides }: { tenantId: string; sides: ReadonlyMap<string, ErasureSides> },
): Promise<ErasureScope['audiences']> {
  const rows = (await knex('audiences')
    .where({ tenant_id: tenantId })
    .orWhereIn('match_id', [...sides.keys()])
    .select('id', 'match_id', 'version_id')) as AudienceRow[];
  return rows.flatMap(({ id: audience, match_id: match, version_id: version }) => {
    if (match === null) return [{ audience, left: version ?? undefined, right: version ?? undefined }];
    const of = sides.get(match);
    return of === undefined ? [] : [{ audience, ...of }];
  });
}
