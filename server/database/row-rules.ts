// Which rows of each table a tenant's work may touch, as PostgreSQL's row-level security enforces it beneath the code's own care.
// A table says whose its rows are by its columns; what departs from that is declared here.

/** Name of each table and its columns. */
export type Tables = ReadonlyMap<string, readonly string[]>;

export type RowRule =
  /** The tenant's own rows alone. */
  | 'own'
  /** Rows of the tenants named in their columns, or of their partners: what partners decide, match or deliver together. */
  | 'partners'
  /** Rows of its collaborations. */
  | 'collaboration'
  /** Rows of a row of another table, which its column names: seen by whoever sees that one. */
  | 'parent'
  /** Every tenant's work: a sum that left out what others spent would allow too much. No row says anything of a person. */
  | 'every-tenant'
  /** Keys that it owns itself or by a collaboration, and those of the service that every tenant uses. */
  | 'key-owner'
  /** Rows of its API keys and sessions. */
  | 'credential'
  /** Everyone reads, the service writes. */
  | 'public-name'
  /** Everyone reads the service's rows, partners each other's; each writes its own. */
  | 'own-and-public'
  /** Everyone reads what names no tenant, a tenant what names it; whoever decides adds. */
  | 'named-tenants'
  /** The tenant reads its own, and may add what its work tells others. */
  | 'append-only'
  /** No tenant's data. */
  | 'open'
  /** The service's own work alone; also every table that does not say whose its rows are. */
  | 'service';

const DECLARED: Readonly<Record<string, RowRule>> = {
  schema_migrations: 'open',
  service_state: 'service',
  tenants: 'public-name',
  members: 'own',
  api_keys: 'own',
  member_sign_ins: 'own',
  welcome_links: 'own',
  sessions: 'own',
  sign_in_guesses: 'service',
  idempotent_answers: 'credential',
  wrapped_keys: 'key-owner',
  privacy_accounts: 'every-tenant',
  privacy_debits: 'every-tenant',
  privacy_debit_datasets: 'every-tenant',
  uploads: 'own',
  deletion_requests: 'own',
  access_requests: 'own',
  tombstones: 'own',
  ddrf_settings: 'own',
  ddrf_tokens: 'own',
  collaborations: 'collaboration',
  collaboration_members: 'collaboration',
  break_glass_reads: 'own',
  policy_sets: 'named-tenants',
  policy_versions: 'own-and-public',
  decision_questions: 'append-only',
  event_webhooks: 'own',
  schedules: 'own',
  contact_caps: 'own',
  dead_letters: 'own',
  destination_paces: 'own',
  audit_head: 'open',
  audit_leaves: 'append-only',
  audit_tile_hashes: 'open',
  audit_checkpoints: 'open',
  audit_origins: 'open',
};

export function rowRuleOf(table: string, tables: Tables): RowRule {
  const columns = tables.get(table) ?? [];
  const declared = DECLARED[table];
  if (declared !== undefined) return declared;
  if (columns.some(isTenant)) return 'partners';
  if (columns.includes('collaboration_id')) return 'collaboration';
  return parentOf(table, tables) === undefined ? 'service' : 'parent';
}

export interface RowPolicy {
  readonly command: 'all' | 'select' | 'insert';
  /** SQL that is true of a row that may be touched. */
  readonly condition: string;
}

const SCOPE = '(select ecluse_scope())';
const IS_SERVICE = `${SCOPE} = '*'`;
const IS_NAMED = `${IS_SERVICE} or tenant_ids = '[]' or (${SCOPE} <> '' and position(${SCOPE} in tenant_ids) > 0)`;
const ofCollaboration = (column: string) => `${column} in (select ecluse_collaborations())`;

export function rowPoliciesOf(table: string, tables: Tables): RowPolicy[] {
  const columns = tables.get(table) ?? [];
  const all = (...conditions: string[]): RowPolicy[] => [
    { command: 'all', condition: [IS_SERVICE, ...conditions].join(' or ') },
  ];
  const own = `tenant_id = ${SCOPE}`;
  switch (rowRuleOf(table, tables)) {
    case 'own':
      return all(own);
    case 'partners':
      return all(
        ...columns.filter(isTenant).map((column) => isOfPartners(column, columns)),
        ...collaborationOf(columns),
      );
    case 'collaboration':
      // What is being drafted is nobody's but its owner's: there are no members yet.
      return table === 'collaborations'
        ? all(ofCollaboration('id'), `owner_tenant_id = ${SCOPE}`)
        : all(ofCollaboration('collaboration_id'));
    case 'parent':
      return all(parentOf(table, tables) ?? 'false');
    case 'every-tenant':
      return all(`${SCOPE} <> ''`);
    case 'key-owner':
      return all(`${SCOPE} <> '' and (owner_id in (${SCOPE}, 'service') or ${ofCollaboration('owner_id')})`);
    case 'credential':
      return all('api_key_id in (select id from api_keys)', 'api_key_id in (select id from sessions)');
    case 'public-name':
      return [...all(), { command: 'select', condition: 'true' }];
    case 'own-and-public':
      return [
        ...all(own),
        { command: 'select', condition: `tenant_id is null or ${isOfPartners('tenant_id', columns)}` },
      ];
    case 'named-tenants':
      return [
        { command: 'select', condition: IS_NAMED },
        { command: 'insert', condition: 'true' },
      ];
    case 'append-only':
      return [
        { command: 'select', condition: `${IS_SERVICE} or ${own}` },
        { command: 'insert', condition: 'true' },
      ];
    case 'open':
      return [{ command: 'all', condition: 'true' }];
    case 'service':
      return all();
  }
}

/** `tenant_id`, `owner_tenant_id`, `partner_tenant_id`. */
function isTenant(column: string): boolean {
  return /(^|_)tenant_id$/.test(column);
}

/** What a partner does in another collaboration is not shared by this one. */
function isOfPartners(column: string, columns: readonly string[]): string {
  const ofPartner = `${column} in (select ecluse_partners())`;
  const apart = columns.includes('collaboration_id') ? `(collaboration_id is null and ${ofPartner})` : ofPartner;
  return `${column} = ${SCOPE} or ${apart}`;
}

function collaborationOf(columns: readonly string[]): string[] {
  return columns.includes('collaboration_id') ? [ofCollaboration('collaboration_id')] : [];
}

/** `debit_id` names a row of `debits`, or of `privacy_debits`: the row is of whoever sees that one. */
function parentOf(table: string, tables: Tables): string | undefined {
  for (const column of tables.get(table) ?? []) {
    const noun = /^(\w+)_id$/.exec(column)?.[1];
    if (noun === undefined) continue;
    const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
    const parent = [...tables.keys()].find(
      (other) => other !== table && (other === plural || other.endsWith(`_${plural}`)),
    );
    if (parent !== undefined && !['open', 'service', 'parent'].includes(rowRuleOf(parent, tables)))
      return `${column} in (select id from ${parent})`;
  }
  return undefined;
}
