// Signs a member in as a person would be: a one-time link sets the password, and the browser holds the cookie.
import type { Page } from 'playwright-core';
import { type Actor, answer } from '../../bench/demo/api.ts';
import type { Organisation } from '../../bench/demo/tenants.ts';

export type SignedInRole = 'operator' | 'admin' | 'data-engineer' | 'analyst' | 'compliance-officer';

const PASSWORD = 'five locks and one weir';

interface SignInOptions {
  readonly service: { readonly url: string };
  readonly role: SignedInRole;
  readonly operator: Actor;
  readonly organisation: Organisation;
}

/** Whoever was signed in before is signed out. Throws with the service's answer when it refuses. */
export async function openSession(page: Page, { service, role, operator, organisation }: SignInOptions): Promise<void> {
  const actor = role === 'operator' ? operator : memberOf(organisation, role);
  const url = await welcomeUrl(actor, role === 'operator' ? undefined : organisation.admin);
  await page.goto(`${service.url}/sign-in`);
  const refused = await page.evaluate(redeem, { token: new URL(url).hash.slice(1), password: PASSWORD });
  if (refused !== undefined) throw new Error(`signing in as ${role}: ${refused}`);
  await page.goto(`${service.url}/`, { waitUntil: 'networkidle' });
}

function memberOf({ admin, engineer, analyst, officer }: Organisation, role: Exclude<SignedInRole, 'operator'>): Actor {
  return { admin, 'data-engineer': engineer, analyst, 'compliance-officer': officer }[role];
}

/** A new link each time: it makes the password the one that is known here. */
async function welcomeUrl(actor: Actor, admin: Actor | undefined): Promise<string> {
  const { signed_in: own } = await answer('reading who one is', actor.api.GET('/v1/session'));
  const params = { path: { member_id: own!.member.id } };
  const { url } =
    admin === undefined
      ? await answer('a link for an operator', actor.api.POST('/v1/operators/{member_id}/welcome-link', { params }))
      : await answer('a link for a member', admin.api.POST('/v1/members/{member_id}/welcome-link', { params }));
  return url;
}

/** Runs inside the page. */
async function redeem(body: { token: string; password: string }): Promise<string | undefined> {
  const response = await fetch('/v1/session/welcome', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.ok ? undefined : `${response.status} ${await response.text()}`;
}
