// Policy sets by their hash: written once, never changed, so that every recorded decision names policies that can be read.
import type { Knex } from 'knex';
import { findMadeSource, type PolicySource } from '../../policies/decide.ts';
import { parsePolicies } from '../../policies/policy-source.ts';
import { asService } from '../database/row-scope.ts';

interface Row {
  hash: string;
  source: string;
  tenant_ids: string;
  created_at: string;
}

export interface StoredPolicySet {
  readonly hash: string;
  readonly source: PolicySource;
  /** The tenants whose own policies are in it; empty for the service's alone. */
  readonly tenantIds: readonly string[];
}

const TENANT_OF_POLICY = /^(ten_[0-9a-hjkmnp-tv-z]{26})\//;

/** In the transaction of the decision that names it. Nothing to do for one that is kept already. */
export async function keepPolicySet(knex: Knex, hash: string, instant: string): Promise<void> {
  const source = findMadeSource(hash);
  if (source === undefined) return;
  const document = { schema: source.schema, policies: source.policies.map(({ id, text }) => ({ id, text })) };
  const tenantIds = [...new Set(source.policies.flatMap(({ id }) => TENANT_OF_POLICY.exec(id)?.[1] ?? []))];
  const row = { hash, source: JSON.stringify(document), tenant_ids: JSON.stringify(tenantIds), created_at: instant };
  await knex<Row>('policy_sets').insert(row).onConflict('hash').ignore();
}

export async function findPolicySet(knex: Knex, hash: string): Promise<StoredPolicySet | undefined> {
  const row = await asService(async () => knex<Row>('policy_sets').where({ hash }).first());
  if (row === undefined) return undefined;
  const { schema, policies } = JSON.parse(row.source) as { schema: string; policies: StoredPolicy[] };
  return {
    hash,
    source: {
      schema,
      policies: policies.flatMap(({ id, text }) => parsePolicies(text).map((one) => ({ ...one, id }))),
    },
    tenantIds: JSON.parse(row.tenant_ids) as string[],
  };
}

export interface StoredPolicy {
  readonly id: string;
  readonly text: string;
}
