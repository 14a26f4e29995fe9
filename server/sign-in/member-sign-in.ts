// What one member signs in with, as stored; found by email, login or name, the same whether somebody has it or not.
import type { Knex } from 'knex';
import type { AuditedTransaction } from '../database/audited-transaction.ts';
import type { Database } from '../database/database.ts';
import type { Role } from '../http/caller.ts';
import { nameKey } from './new-password.ts';

export interface SignInRow {
  member_id: string;
  tenant_id: string | null;
  login: string;
  name_key: string;
  password_hash: string | null;
  password_set_at: string | null;
  totp_state: 'none' | 'pending' | 'active';
  totp_secret: string | null;
  totp_step: number | null;
  recovery_digests: string;
  oidc_issuer: string | null;
  oidc_subject: string | null;
}

/** A sign-in with its member: who would be let in. */
export interface MemberSignIn extends SignInRow {
  name: string;
  email: string | null;
  roles: readonly Role[];
}

type JoinedRow = SignInRow & { name: string; email: string | null; roles: string };

/** Members that may act: neither they nor their tenant were switched off. */
function activeSignIns(knex: Knex): Knex.QueryBuilder {
  return knex('member_sign_ins')
    .join('members', 'members.id', 'member_sign_ins.member_id')
    .leftJoin('tenants', 'tenants.id', 'members.tenant_id')
    .where('members.status', 'active')
    .andWhere((query) => void query.whereNull('tenants.id').orWhere('tenants.status', 'active'))
    .select('member_sign_ins.*', 'members.name', 'members.email', 'members.roles');
}

export async function findSignIn(knex: Knex, memberId: string): Promise<MemberSignIn | undefined> {
  return signInOf(await activeSignIns(knex).where('members.id', memberId).first<JoinedRow | undefined>());
}

/** By email; else by `name@tenant`; else by the name, where one member alone has it. */
export async function findSignInByName(db: Database, name: string): Promise<MemberSignIn | undefined> {
  const key = nameKey(name);
  const byEmail = await findSignInByEmail(db, key);
  if (byEmail !== undefined) return byEmail;
  const byLogin = (await activeSignIns(db.knex).where('member_sign_ins.login', key).limit(1)) as JoinedRow[];
  if (byLogin.length === 1) return signInOf(byLogin[0]);
  const byKey = (await activeSignIns(db.knex).where('member_sign_ins.name_key', key).limit(2)) as JoinedRow[];
  return byKey.length === 1 ? signInOf(byKey[0]) : undefined;
}

export async function findSignInByEmail(db: Database, email: string): Promise<MemberSignIn | undefined> {
  return signInOf(await activeSignIns(db.knex).where('members.email', nameKey(email)).first<JoinedRow | undefined>());
}

export async function findSignInByIdentity(
  db: Database,
  identity: { issuer: string; subject: string },
): Promise<MemberSignIn | undefined> {
  const where = { oidc_issuer: identity.issuer, oidc_subject: identity.subject };
  return signInOf(await activeSignIns(db.knex).where(where).first<JoinedRow | undefined>());
}

function signInOf(row: JoinedRow | undefined): MemberSignIn | undefined {
  if (row === undefined) return undefined;
  const step = row.totp_step === null ? null : Number(row.totp_step);
  return { ...row, totp_step: step, roles: JSON.parse(row.roles) as Role[] };
}

/** Makes the row of a member that has none yet, under a login that nobody has. */
export async function ensureSignIn(
  tx: AuditedTransaction,
  member: { id: string; tenantId: string | null; name: string },
): Promise<void> {
  const tenant =
    member.tenantId === null
      ? undefined
      : await tx.trx('tenants').where({ id: member.tenantId }).first<{ name: string } | undefined>('name');
  const place = tenant === undefined ? '' : `@${nameKey(tenant.name)}`;
  for (let n = 1; !(await hasSignIn(tx, member.id)); n += 1) {
    const login = `${nameKey(member.name)}${n === 1 ? '' : `-${n}`}${place}`;
    // Whose a taken login is, another tenant's rows would tell, and they are not shown: so it is tried.
    await tx.trx<SignInRow>('member_sign_ins').insert(freshRow(member, login)).onConflict('login').ignore();
  }
}

async function hasSignIn(tx: AuditedTransaction, memberId: string): Promise<boolean> {
  return (await tx.trx<SignInRow>('member_sign_ins').where({ member_id: memberId }).first('member_id')) !== undefined;
}

function freshRow(member: { id: string; tenantId: string | null; name: string }, login: string): SignInRow {
  return {
    member_id: member.id,
    tenant_id: member.tenantId,
    login,
    name_key: nameKey(member.name),
    password_hash: null,
    password_set_at: null,
    totp_state: 'none',
    totp_secret: null,
    totp_step: null,
    recovery_digests: '[]',
    oidc_issuer: null,
    oidc_subject: null,
  };
}

export async function saveSignIn(
  tx: AuditedTransaction,
  memberId: string,
  changes: Partial<Omit<SignInRow, 'member_id' | 'tenant_id'>>,
): Promise<void> {
  await tx.trx<SignInRow>('member_sign_ins').where({ member_id: memberId }).update(changes);
}
