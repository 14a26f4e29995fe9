// The second wall, PostgreSQL alone: row-level security on every table, for a role that may read and write rows but owns nothing.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { SCRAM_ITERATIONS } from './limits.ts';
import { rowPoliciesOf, type Tables } from './row-rules.ts';

export interface ServiceRole {
  readonly name: string;
  readonly password: string;
}

/** The role that a URL logs in as. */
export function roleOfUrl(url: string): ServiceRole {
  const { username, password } = new URL(url);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** Runs after every migration, as the owner: whatever tables there are now, each gets its policies and the role its grants. */
export async function secureRows(trx: Knex.Transaction, role: ServiceRole | undefined): Promise<void> {
  const tables = await tablesOf(trx);
  if (!tables.has('collaboration_members')) return;
  await trx.raw(FUNCTIONS);
  for (const table of tables.keys()) await secureTable(trx, table, tables);
  if (role !== undefined) await grant(trx, role);
}

/** Who my partners are is asked inside policies, so these answer with the owner's eyes and a fixed search path. */
const FUNCTIONS = `
create or replace function ecluse_scope() returns text language sql stable
  as $$ select coalesce(current_setting('ecluse.tenant', true), '') $$;
create or replace function ecluse_collaborations() returns setof text language sql stable security definer
  set search_path = public, pg_temp
  as $$ select collaboration_id::text from collaboration_members where tenant_id = ecluse_scope()
        union select id::text from collaborations where owner_tenant_id = ecluse_scope() $$;
create or replace function ecluse_partners() returns setof text language sql stable security definer
  set search_path = public, pg_temp
  as $$ select tenant_id::text from collaboration_members where collaboration_id in (select ecluse_collaborations())
        union select owner_tenant_id::text from collaborations where id in (select ecluse_collaborations()) $$;
`;

/** The tables of the schema, as the owner sees them. */
export async function tablesOf(trx: Knex): Promise<Tables> {
  const { rows } = (await trx.raw(`select c.relname as name, array_agg(a.attname::text) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' group by c.relname order by c.relname`)) as {
    rows: { name: string; columns: string[] }[];
  };
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

async function secureTable(trx: Knex.Transaction, table: string, tables: Tables): Promise<void> {
  await trx.raw('alter table ?? enable row level security', [table]);
  await dropPolicies(trx, table);
  for (const { command, condition } of rowPoliciesOf(table, tables)) {
    const using = command === 'insert' ? '' : `using (${condition})`;
    const check = command === 'select' ? '' : `with check (${condition})`;
    await trx.raw(`create policy ?? on ?? for ${command} ${using} ${check}`, [`ecluse_${command}`, table]);
  }
}

/** Before tables go: the policy of one may name another, which could not be dropped then. Without policies nobody but the owner sees a row. */
export async function dropRowPolicies(trx: Knex.Transaction): Promise<void> {
  for (const table of (await tablesOf(trx)).keys()) await dropPolicies(trx, table);
}

async function dropPolicies(trx: Knex.Transaction, table: string): Promise<void> {
  for (const command of ['all', 'select', 'insert']) {
    await trx.raw('drop policy if exists ?? on ??', [`ecluse_${command}`, table]);
  }
}

async function grant(trx: Knex.Transaction, role: ServiceRole): Promise<void> {
  await makeRole(trx, role);
  await trx.raw('grant usage on schema public to ??', [role.name]);
  await trx.raw('grant select, insert, update, delete on all tables in schema public to ??', [role.name]);
  // What came first stays: the log only grows, and only the owner says which migrations there were.
  await trx.raw('revoke update, delete on audit_leaves from ??', [role.name]);
  await trx.raw('revoke insert, update, delete on schema_migrations from ??', [role.name]);
}

/** A role that is there already is the administrator's; its password is not touched. */
async function makeRole(trx: Knex.Transaction, { name, password }: ServiceRole): Promise<void> {
  const { rows } = (await trx.raw('select 1 from pg_roles where rolname = ?', [name])) as { rows: unknown[] };
  if (rows.length > 0) return;
  await trx.raw(`create role ?? login nosuperuser nobypassrls nocreatedb nocreaterole password '${scram(password)}'`, [
    name,
  ]);
}

// A statement that makes a role takes no bound values and lands in the server's log, so the password goes as the verifier that
// the server would store itself (RFC 5802, section 3; RFC 7677).
function scram(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, SCRAM_ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Throws unless the service's role is held by row-level security: neither a superuser nor the owner of a table. */
export async function assertLimitedRole(db: Database): Promise<void> {
  if (db.dialect !== 'postgres') return;
  const { rows } = (await db.knex.raw(`select (rolsuper or rolbypassrls) as unheld,
      exists (select 1 from pg_class where relowner = pg_roles.oid and relkind = 'r'
        and relnamespace = 'public'::regnamespace) as owner
    from pg_roles where rolname = current_user`)) as { rows: { unheld: boolean; owner: boolean }[] };
  const role = rows[0];
  if (role !== undefined && !role.unheld && !role.owner) return;
  throw new Error(
    'ECLUSE_DATABASE_URL logs in as the owner of the tables or a superuser, whom row-level security does not hold: ' +
      'give that URL as ECLUSE_DATABASE_OWNER_URL, which migrations alone use, and in ECLUSE_DATABASE_URL name another ' +
      'role with a password; `ecluse migrate` makes it',
  );
}
