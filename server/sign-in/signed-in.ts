// The answer to who is signed in: the member with its roles, the session, and the ways in that the service offers.
import type { Session } from '../../openapi/generated/api.ts';
import type { Ground } from '../ground.ts';
import type { Caller } from '../http/caller.ts';
import type { MemberRow } from '../tenants/member-store.ts';
import { findTenant, tenantBody } from '../tenants/tenant-store.ts';
import type { SignInRow } from './member-sign-in.ts';
import { sessionBody } from './session.ts';
import { findSession } from './session-store.ts';

type SignedIn = NonNullable<Session['signed_in']>;

/** Runs for whoever is allowed to see the caller's own rows. */
export async function sessionState(ground: Ground, caller: Caller): Promise<Session> {
  const { oidcIssuer, oidcLabel } = ground.config;
  return {
    signed_in: caller.memberId === '' ? null : await signedIn(ground, caller),
    ways: { password: true, oidc: oidcIssuer === undefined ? null : { label: oidcLabel } },
  };
}

async function signedIn(ground: Ground, caller: Caller): Promise<SignedIn | null> {
  const { knex } = ground.db;
  const member = await knex<MemberRow>('members').where({ id: caller.memberId }).first();
  if (member === undefined) return null;
  const signIn = await knex<SignInRow>('member_sign_ins').where({ member_id: member.id }).first();
  const session = caller.session && (await findSession(ground.db, caller.session.id));
  const tenant = member.tenant_id === null ? undefined : await findTenant(ground.db, member.tenant_id);
  const digests = JSON.parse(signIn?.recovery_digests ?? '[]') as string[];
  return {
    member: {
      id: member.id,
      name: member.name,
      email: member.email,
      login: signIn?.login ?? null,
      roles: JSON.parse(member.roles) as SignedIn['member']['roles'],
    },
    tenant: tenant === undefined ? null : tenantBody(tenant),
    session: session === undefined ? null : sessionBody(session, session.id),
    csrf_token: caller.session?.csrfToken ?? null,
    second_factor: { state: signIn?.totp_state ?? 'none', recovery_codes_left: digests.length },
    has_password: (signIn?.password_hash ?? null) !== null,
    is_oidc_linked: (signIn?.oidc_subject ?? null) !== null,
  };
}
