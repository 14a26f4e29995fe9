// Figures of the control plane that an erasure makes untrue: how many records and persons a version has, how many entries a list.

import { tableName } from '../../matching/engine/settings.ts';
import { keysTable, peopleTable, suppressionTable } from '../../matching/tables.ts';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { VersionRow } from '../datasets/dataset-store.ts';
import type { WorkerGround } from '../ground.ts';
import type { SuppressionListRow } from '../suppression/suppression-store.ts';

export interface EngineFigures {
  readonly versions: readonly { readonly id: string; readonly records: number; readonly persons: number }[];
  readonly lists: readonly { readonly id: string; readonly entries: number }[];
}

/** Counted before the transaction that notes them, which is to be short. */
export async function countEngineFigures(ground: WorkerGround, tenantId: string): Promise<EngineFigures> {
  const { engine, db } = ground;
  const tables = new Set(await engine.listTables());
  const count = async (table: string, what = 'count()') => {
    if (!tables.has(table)) return 0;
    const [row] = await engine.query<{ n: number | string }>(`SELECT ${what} AS n FROM ${table}`);
    return Number(row?.n ?? 0);
  };
  const versions = await db.knex<VersionRow>('dataset_versions').where({ tenant_id: tenantId }).select('id');
  const lists = await db.knex<SuppressionListRow>('suppression_lists').where({ tenant_id: tenantId }).select('id');
  const figures = {
    versions: [] as EngineFigures['versions'][number][],
    lists: [] as EngineFigures['lists'][number][],
  };
  for (const { id } of versions) {
    const isThere = tables.has(keysTable(id).name);
    if (!isThere) continue;
    const persons = await count(peopleTable(id, []).name);
    figures.versions.push({ id, persons, records: await count(tableName(id, 'records')) });
  }
  for (const { id } of lists) {
    figures.lists.push({ id, entries: await count(suppressionTable(id).name, 'uniqExact(match_key)') });
  }
  return figures;
}

export async function noteEngineFigures(tx: AuditedTransaction, { versions, lists }: EngineFigures): Promise<void> {
  for (const { id, records, persons } of versions) {
    await tx.trx<VersionRow>('dataset_versions').where({ id }).update({ records, persons });
  }
  for (const { id, entries } of lists)
    await tx.trx<SuppressionListRow>('suppression_lists').where({ id }).update({ entries });
}
