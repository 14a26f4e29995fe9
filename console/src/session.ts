// Who is signed in, as a signal: undefined while it is not known yet, null for nobody. The cookie itself is out of reach of scripts.
import { computed, signal } from '@preact/signals';
import type { Problem, Session, SignedIn, SignInWays } from '../../openapi/generated/api.ts';
import { ApiProblem } from './api/problem.ts';

/** A member's roles, and the operator's, who is no member of a tenant. */
export type Role = SignedIn['member']['roles'][number];

export const session = signal<SignedIn | null | undefined>(undefined);
export const signInWays = signal<SignInWays>({ password: true, oidc: null });
export const csrfToken = computed(() => session.value?.csrf_token ?? undefined);

/** Asks the service who is signed in. A service out of reach signs nobody in. */
export async function readSession(): Promise<void> {
  await call('GET', '/v1/session').catch(() => forgetSession());
}

/** Throws ApiProblem. */
export function signIn(given: { name: string; password: string; code?: string }): Promise<void> {
  return call('POST', '/v1/session', given);
}

/** Sets a password by a one-time link and signs in. Throws ApiProblem. */
export function redeemWelcomeLink(given: { token: string; password: string }): Promise<void> {
  return call('POST', '/v1/session/welcome', given);
}

export async function signOut(): Promise<void> {
  await call('DELETE', '/v1/session').catch(() => {});
  forgetSession();
}

export function forgetSession(): void {
  session.value = null;
}

export function hasAnyRole(roles: readonly Role[] | undefined): boolean {
  if (roles === undefined) return true;
  return session.value?.member.roles.some((role) => roles.includes(role)) ?? false;
}

async function call(method: string, path: string, body?: object): Promise<void> {
  const headers = new Headers();
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (csrfToken.value !== undefined) headers.set('X-Ecluse-Csrf', csrfToken.value);
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(path, { method, headers, credentials: 'same-origin', ...sent });
  if (response.status === 204) return;
  const answer: unknown = await response.json();
  if (!response.ok) throw new ApiProblem(answer as Problem);
  const { signed_in, ways } = answer as Session;
  signInWays.value = ways;
  session.value = signed_in;
}
