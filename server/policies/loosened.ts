// The newest version of policies that may allow more than the one before. What was approved before it was approved under stricter
// policies than are in force now, so such an approval holds no more.
import type { Knex } from 'knex';

export async function findLastLoosening(knex: Knex, tenantIds: readonly string[]): Promise<string | undefined> {
  const row = (await knex('policy_versions')
    .where({ loosens: 1 })
    .whereIn('status', ['in_force', 'superseded'])
    .where((either) => either.whereNull('tenant_id').orWhereIn('tenant_id', [...tenantIds]))
    .orderBy([
      { column: 'in_force_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first('id')) as { id: string } | undefined;
  return row?.id;
}
