// How many releases two tenants have had: answers drawn and audiences delivered. Whoever needs hundreds a day is searching for somebody.
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';

const DAY_MS = 86_400_000;

/** Of all pairs of these tenants, the releases of the one that had most of them within 24 hours, leaving out what is decided again. */
export async function countReleases(
  knex: Knex,
  of: { tenants: readonly string[]; now: string; leavingOut?: string },
): Promise<number> {
  const since = new Date(Date.parse(of.now) - DAY_MS).toISOString();
  const counts = await Promise.all(
    pairsOf(of.tenants).map(async (pair) => {
      const [row] = await knex('releases')
        .where(pair)
        .where('created_at', '>', since)
        .whereNot({ subject_id: of.leavingOut ?? '' })
        .count<{ n: number | string }[]>({ n: '*' });
      return Number(row?.n ?? 0);
    }),
  );
  return Math.max(0, ...counts);
}

/** Notes a release once, however often its job starts over. */
export async function recordRelease(
  tx: AuditedTransaction,
  of: { subjectId: string; tenants: readonly string[]; at: string },
): Promise<void> {
  const rows = pairsOf(of.tenants).map((pair) => ({ subject_id: of.subjectId, ...pair, created_at: of.at }));
  if (rows.length === 0) return;
  await tx.trx('releases').insert(rows).onConflict(['subject_id', 'tenant_id', 'other_tenant_id']).ignore();
}

/** Takes back what came to nothing. */
export async function forgetRelease(tx: AuditedTransaction, subjectId: string): Promise<void> {
  await tx.trx('releases').where({ subject_id: subjectId }).delete();
}

function pairsOf(tenants: readonly string[]): { tenant_id: string; other_tenant_id: string }[] {
  const all = [...new Set(tenants)].sort();
  return all.flatMap((low, place) => all.slice(place + 1).map((high) => ({ tenant_id: low, other_tenant_id: high })));
}
