// Where a contributor's persons and figures may go: to the regions that its rule names, else to those that its dataset names, else
// nowhere but where the dataset is held.
import type { Knex } from 'knex';
import type { ActivationRule } from '../../policies/contributor-facts.ts';
import type { AnalysisRule } from '../../policies/privacy-threshold.ts';
import type { Contribution } from './contribution.ts';

type Contributed = Pick<Contribution, 'tenantId' | 'datasetId' | 'status' | 'rule'>;

/** A withdrawn contribution has no rule any more, so that whatever draws on it is refused. */
export async function residentRule(
  knex: Knex,
  { tenantId, datasetId, status, rule }: Contributed,
): Promise<ActivationRule> {
  if (status === 'withdrawn') return { tenantId, rule: null };
  return { tenantId, rule: await withRegions(knex, { datasetId, rule }) };
}

/** A rule that says nothing about regions takes its dataset's word. */
export async function withRegions(
  knex: Knex,
  { datasetId, rule }: { datasetId: string; rule: AnalysisRule },
): Promise<AnalysisRule> {
  return rule.regions === undefined ? { ...rule, regions: await regionsOfDataset(knex, datasetId) } : rule;
}

/** None where there is no such dataset any more. */
export async function regionsOfDataset(knex: Knex, datasetId: string): Promise<string[]> {
  const row = (await knex('datasets').where({ id: datasetId }).first('region', 'release_regions')) as
    | { region: string; release_regions: string | null }
    | undefined;
  if (row === undefined) return [];
  return row.release_regions === null ? [row.region] : (JSON.parse(row.release_regions) as string[]);
}

/** Where a tenant is, who is shown a figure; null where nobody knows. */
export async function regionOfTenant(knex: Knex, tenantId: string): Promise<string | null> {
  const row = (await knex('tenants').where({ id: tenantId }).first('region')) as { region: string } | undefined;
  return row?.region ?? null;
}
