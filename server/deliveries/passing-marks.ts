// What changes who may leave without a load, a record or a list being added: evidence that runs out, and persons who are erased. A
// decision that was kept for one state is never used for another.
import type { Knex } from 'knex';
import { asService } from '../database/row-scope.ts';

/** Different whenever one of these tenants had evidence run out, or a person erased. */
export async function passingMarks(
  knex: Knex,
  { tenants, now }: { tenants: readonly string[]; now: string },
): Promise<string[]> {
  // A partner's erasures are its own; that there was one more is all that is asked.
  const work = () => Promise.all([...new Set(tenants)].sort().map((tenant) => markOf(knex, tenant, now)));
  return asService(work);
}

async function markOf(knex: Knex, tenant: string, now: string): Promise<string> {
  const ofTenant = { tenant_id: tenant };
  const [expired] = await knex('consent_records')
    .where(ofTenant)
    .where('expires_at', '<=', now)
    .count({ records: '*' });
  const [erased] = await knex('deletion_requests')
    .where(ofTenant)
    .whereNotNull('erased_at')
    .max({ last: 'erased_at' })
    .count({ requests: '*' });
  return `${tenant} ${expired?.records ?? 0} ${erased?.requests ?? 0} ${erased?.last ?? ''}`;
}
