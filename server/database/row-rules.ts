// Which rows of each table a tenant's work may touch, as PostgreSQL's row-level security enforces it beneath the code's own care.
// `service` is for the service's own work alone; `open` tables hold no tenant's data.

export type RowRule =
  /** The tenant's own rows. */
  | 'own'
  /** Its own, and those of tenants it shares a collaboration with: what partners decide, match or deliver together. */
  | 'partners'
  /** Rows of its collaborations. */
  | 'collaboration'
  /** Rows of its own API keys. */
  | 'own-api-key'
  /** Keys that it owns itself or by a collaboration, and those of the service that every tenant uses. */
  | 'key-owner'
  /** Own members of a collaboration's table of contents. */
  | 'collaboration-itself'
  /** Everyone reads, the service writes. */
  | 'public-name'
  /** The tenant reads its own, and may add what its work tells others. */
  | 'append-only'
  | 'open'
  | 'service';

const RULES: Readonly<Record<string, RowRule>> = {
  schema_migrations: 'open',
  service_state: 'service',
  tenants: 'public-name',
  members: 'own',
  api_keys: 'own',
  idempotent_answers: 'own-api-key',
  wrapped_keys: 'key-owner',
  uploads: 'own',
  deletion_requests: 'own',
  tombstones: 'own',
  collaborations: 'collaboration-itself',
  collaboration_members: 'collaboration',
  audit_head: 'open',
  audit_leaves: 'append-only',
  audit_tile_hashes: 'open',
  audit_checkpoints: 'open',
  audit_origins: 'open',
};

/** The rule of a table by its name or, unless one is declared, by whose its rows are; without a sign of that the service's alone. */
export function rowRuleOf(table: string, columns: readonly string[]): RowRule {
  const declared = RULES[table];
  if (declared !== undefined) return declared;
  if (columns.includes('tenant_id')) return 'partners';
  return columns.includes('collaboration_id') ? 'collaboration' : 'service';
}

export interface RowPolicy {
  readonly command: 'all' | 'select' | 'insert';
  /** SQL that is true of a row that may be touched. */
  readonly condition: string;
}

const SCOPE = '(select ecluse_scope())';
const IS_SERVICE = `${SCOPE} = '*'`;
const IS_OWN = `tenant_id = ${SCOPE}`;
const OF_COLLABORATION = (column: string) => `${column} in (select ecluse_collaborations())`;
const OF_PARTNER = 'tenant_id in (select ecluse_partners())';

/** `columns` tell whether rows of partners are also rows of a collaboration. */
export function rowPoliciesOf(rule: RowRule, columns: readonly string[]): RowPolicy[] {
  const all = (...conditions: string[]): RowPolicy[] => [
    { command: 'all', condition: [IS_SERVICE, ...conditions].join(' or ') },
  ];
  switch (rule) {
    case 'own':
      return all(IS_OWN);
    case 'partners':
      return all(
        IS_OWN,
        OF_PARTNER,
        ...(columns.includes('collaboration_id') ? [OF_COLLABORATION('collaboration_id')] : []),
      );
    case 'collaboration':
      return all(OF_COLLABORATION('collaboration_id'), ...(columns.includes('tenant_id') ? [IS_OWN] : []));
    case 'collaboration-itself':
      return all(`owner_tenant_id = ${SCOPE}`, OF_COLLABORATION('id'));
    case 'own-api-key':
      return all('api_key_id in (select id from api_keys)');
    case 'key-owner':
      return all(`${SCOPE} <> '' and (owner_id in (${SCOPE}, 'service') or ${OF_COLLABORATION('owner_id')})`);
    case 'public-name':
      return [...all(), { command: 'select', condition: 'true' }];
    case 'append-only':
      return [
        { command: 'select', condition: `${IS_SERVICE} or ${IS_OWN}` },
        { command: 'insert', condition: 'true' },
      ];
    case 'open':
      return [{ command: 'all', condition: 'true' }];
    case 'service':
      return all();
  }
}
