// A shop and a club in a collaboration with audiences from 50 persons, at a service of their own: a thousand persons are in both lists.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declareList, type ListShape, loadList, type Row } from '../../bench/attacks/partner.ts';
import { startTarget } from '../../bench/attacks/target-service.ts';
import { answer } from '../../bench/demo/api.ts';
import { becomeOperator, foundOrganisations, type Organisation } from '../../bench/demo/tenants.ts';

export interface InsightsWorld {
  readonly url: string;
  readonly shop: Organisation;
  readonly club: Organisation;
  readonly collaborationId: string;
  /** Declares a dataset, loads the rows and gives its id. */
  listOf(owner: Organisation, shape: ListShape, rows: readonly Row[]): Promise<string>;
  leftOfBudget(): Promise<number>;
  close(): Promise<void>;
}

/** Customers 0 to 1,499 and visitors 500 to 1,999. */
export const customers = range(0, 1_500);
export const visitors = range(500, 2_000);
export const inBoth = range(500, 1_500);

/** Less blur than the default, for figures that a test can tell from wrong ones. */
interface Blur {
  readonly sigma: number;
  readonly per_group: number;
}

export async function openInsightsWorld(blur?: Blur): Promise<InsightsWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'ecluse-insights-'));
  const service = await startTarget(folder, { isControl: false });
  const { shop, club } = await foundOrganisations(service, await becomeOperator(service), {
    shop: 'Shop',
    club: 'Club',
  });
  const body = {
    name: 'A season',
    alias: 'shop',
    members: [{ tenant_id: club.tenantId, alias: 'club' }],
    terms: {
      identifier_types: ['email' as const],
      cardinality: 'one-to-one' as const,
      privacy_threshold: 50,
      privacy: { preset: 'custom' as const, epsilon: 10, minimum_audience_persons: 50, decision_sigma: 10, ...blur },
    },
  };
  const { id: collaborationId } = await answer('drafting', shop.admin.api.POST('/v1/collaborations', { body }));
  const params = { path: { collaboration_id: collaborationId } };
  await answer('inviting', shop.admin.api.POST('/v1/collaborations/{collaboration_id}/invite', { params }));
  await answer('accepting', club.admin.api.POST('/v1/collaborations/{collaboration_id}/accept', { params }));
  return {
    url: service.url,
    shop,
    club,
    collaborationId,
    async listOf(owner, shape, rows) {
      const datasetId = await declareList(owner, shape);
      await loadList(service, owner, { datasetId, shape, rows, mode: 'replace' });
      return datasetId;
    },
    async leftOfBudget() {
      const { api } = shop.analyst;
      const path = '/v1/collaborations/{collaboration_id}/privacy-budget';
      return (await answer('reading the budget', api.GET(path, { params }))).left_pico_rho;
    },
    async close() {
      await service.child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function row(person: number, attributes: readonly string[]): Row {
  return { email: `person${person}@example.org`, attributes };
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, n) => from + n);
}
