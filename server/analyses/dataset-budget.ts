// The budget of a dataset towards a partner, in whatever collaborations both are: a second collaboration over the same data has no
// second budget. Of several the strictest counts, and the longest period.
import type { Knex } from 'knex';
import type { PicoRho } from '../../policies/privacy-budget.ts';
import { acceptedMembers, type Collaboration } from '../collaborations/collaboration.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';

/** A dataset that a question is asked of, with all who learn of its persons. */
export interface LedgerDataset {
  readonly datasetId: string;
  readonly tenantId: string;
  readonly partners: readonly string[];
}

export interface DatasetBudget {
  readonly whole: PicoRho;
  readonly spent: PicoRho;
  readonly since: string;
}

const DAY_MS = 86_400_000;
/** The longest period that terms may have. */
const LONGEST_DAYS = 366;

/** Every other member reads the answers of a collaboration. */
export function ledgerDatasets(
  collaboration: Collaboration,
  sources: readonly { readonly datasetId: string; readonly tenantId: string }[],
): LedgerDataset[] {
  const members = acceptedMembers(collaboration).map(({ tenantId }) => tenantId);
  const bySource = new Map(sources.map((source) => [source.datasetId, source]));
  return [...bySource.values()].map(({ datasetId, tenantId }) => ({
    datasetId,
    tenantId,
    partners: members.filter((member) => member !== tenantId),
  }));
}

interface DebitOfDataset {
  readonly cost: number | string;
  readonly whole: number | string;
  readonly period_days: number | string;
  readonly created_at: string;
}

/** One for each dataset and partner, under the terms that ask and those of every collaboration that has spent of it. */
export async function listDatasetBudgets(
  knex: Knex,
  of: { datasets: readonly LedgerDataset[]; whole: PicoRho; periodDays: number; now: string },
): Promise<DatasetBudget[]> {
  const instantBefore = (days: number) => new Date(Date.parse(of.now) - days * DAY_MS).toISOString();
  const accounts = of.datasets.flatMap(({ datasetId, partners }) =>
    partners.map((partner) => ({ datasetId, partner })),
  );
  return Promise.all(
    accounts.map(async ({ datasetId, partner }) => {
      const debits = (await knex('privacy_debit_datasets')
        .where({ dataset_id: datasetId, partner_tenant_id: partner })
        .where('created_at', '>', instantBefore(LONGEST_DAYS))
        .select('cost', 'whole', 'period_days', 'created_at')) as DebitOfDataset[];
      const since = instantBefore(Math.max(of.periodDays, ...debits.map((debit) => Number(debit.period_days))));
      const whole = debits.reduce((least, debit) => smaller(least, BigInt(debit.whole)), of.whole);
      const counting = debits.filter(({ created_at }) => created_at > since);
      return { whole, spent: counting.reduce((sum, { cost }) => sum + BigInt(cost), 0n), since };
    }),
  );
}

export async function insertDatasetDebits(
  tx: AuditedTransaction,
  debit: { id: string; cost: PicoRho; whole: PicoRho; periodDays: number; at: string },
  datasets: readonly LedgerDataset[],
): Promise<void> {
  const rows = datasets.flatMap(({ datasetId, tenantId, partners }) =>
    partners.map((partner) => ({
      debit_id: debit.id,
      dataset_id: datasetId,
      tenant_id: tenantId,
      partner_tenant_id: partner,
      cost: Number(debit.cost),
      whole: Number(debit.whole),
      period_days: debit.periodDays,
      created_at: debit.at,
    })),
  );
  if (rows.length > 0) await tx.trx('privacy_debit_datasets').insert(rows);
}

export async function forgetDatasetDebits(tx: AuditedTransaction, debitId: string): Promise<void> {
  await tx.trx('privacy_debit_datasets').where({ debit_id: debitId }).delete();
}

function smaller(one: PicoRho, other: PicoRho): PicoRho {
  return one < other ? one : other;
}
