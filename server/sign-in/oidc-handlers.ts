// Signing in by OpenID Connect: a member is found by a linked identity or a verified email, and none is ever made.
import { readFileSync } from 'node:fs';
import { type Config, ConfigError } from '../config.ts';
import { auditedTransaction, recordEvent } from '../database/audited-transaction.ts';
import { asService } from '../database/row-scope.ts';
import { notFound } from '../errors.ts';
import type { Ground } from '../ground.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Handlers, OperationRequest, Redirect } from '../http/operation.ts';
import { unwrapKey, wrapKey } from '../keys/key-wrapping.ts';
import { chargeGuess, refundGuess } from './guesses.ts';
import { OIDC_ROUND_TRIP_MS } from './limits.ts';
import { findSignInByEmail, findSignInByIdentity, type MemberSignIn, saveSignIn } from './member-sign-in.ts';
import { type Identity, OidcProvider, type RoundTrip } from './oidc-provider.ts';
import { byArrival, giveCookie, openedEvent, openSession } from './open-session.ts';
import type { NewSession } from './session.ts';
import { arrivalOf } from './sign-in.ts';

/** Lax: it has to come along when the provider's site sends the browser back. */
const COOKIE = '__Host-ecluse-oidc';
const CALLBACK_PATH = '/v1/session/oidc/callback';
const SEALED = { purpose: 'oidc-sign-in', ownerId: 'service', objectId: 'round-trip', version: 1 } as const;

type Refused = 'oidc_failed' | 'oidc_unknown_member' | 'oidc_email_unverified' | 'oidc_second_factor_needed';

export function oidcHandlers(ground: Ground): Pick<Handlers, 'startOidcSignIn' | 'finishOidcSignIn'> {
  const provider = providerOf(ground.config);
  return {
    startOidcSignIn: (request) => startOidcSignIn(ground, provider, request),
    finishOidcSignIn: (request) => asService(() => finishOidcSignIn(ground, provider, request)),
  };
}

function providerOf(config: Config): OidcProvider | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecretFile: file, publicUrl } = config;
  if (issuer === undefined) return undefined;
  const clientSecret = file === '' ? undefined : secretIn(file);
  return new OidcProvider({ issuer, clientId, clientSecret, redirectUri: `${publicUrl}${CALLBACK_PATH}` });
}

/** Throws ConfigError: without its secret the sign-on would fail only when somebody uses it. */
function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError([
      '--oidc-client-secret-file (ECLUSE_OIDC_CLIENT_SECRET_FILE) names a file that cannot be read',
    ]);
  }
}

async function startOidcSignIn(
  ground: Ground,
  provider: OidcProvider | undefined,
  { exchange }: OperationRequest<'startOidcSignIn'>,
): Promise<Redirect> {
  if (provider === undefined) throw notFound('way to sign in');
  const begun = await provider.begin().catch((error: unknown) => {
    tell(ground, error);
    return undefined;
  });
  if (begun === undefined) return refusedAs('oidc_failed');
  const until = ground.clock.now().getTime() + OIDC_ROUND_TRIP_MS;
  const text = JSON.stringify({ ...begun.roundTrip, until });
  const sealed = await wrapKey(ground.rootKey, SEALED, Buffer.from(text));
  const value = Buffer.from(sealed, 'base64').toString('base64url');
  exchange.setCookie({ name: COOKIE, value, maxAgeSeconds: OIDC_ROUND_TRIP_MS / 1000, sameSite: 'lax' });
  return { location: begun.location };
}

async function finishOidcSignIn(
  ground: Ground,
  provider: OidcProvider | undefined,
  { exchange, query }: OperationRequest<'finishOidcSignIn'>,
): Promise<Redirect> {
  if (provider === undefined) throw notFound('way to sign in');
  const roundTrip = await takeRoundTrip(ground, exchange);
  const guesser = { address: exchange.address };
  await chargeGuess(ground, guesser);
  const identity = roundTrip && (await identityOf(ground, { provider, query, roundTrip }));
  if (identity === undefined) return refuse(ground, 'oidc_failed');
  await refundGuess(ground, guesser);
  return admit(ground, identity, exchange);
}

/** What the browser went away with, once: the cookie is taken back whatever comes of it. */
async function takeRoundTrip(ground: Ground, exchange: Exchange): Promise<RoundTrip | undefined> {
  const sealed = exchange.cookie(COOKIE) ?? '';
  exchange.setCookie({ name: COOKIE, value: '', maxAgeSeconds: 0, sameSite: 'lax' });
  try {
    const wrapped = Buffer.from(sealed, 'base64url').toString('base64');
    const bytes = await unwrapKey(ground.rootKey, SEALED, wrapped);
    const { until, ...roundTrip } = JSON.parse(Buffer.from(bytes).toString('utf8')) as RoundTrip & { until: number };
    return until > ground.clock.now().getTime() ? roundTrip : undefined;
  } catch {
    return undefined;
  }
}

async function identityOf(
  ground: Ground,
  of: { provider: OidcProvider; query: object; roundTrip: RoundTrip },
): Promise<Identity | undefined> {
  const given = Object.entries(of.query).filter(([, value]) => typeof value === 'string') as [string, string][];
  return of.provider.finish(new URLSearchParams(given), of.roundTrip).catch((error: unknown) => {
    tell(ground, error);
    return undefined;
  });
}

async function admit(ground: Ground, identity: Identity, exchange: Exchange): Promise<Redirect> {
  const linked = await findSignInByIdentity(ground.db, identity);
  const found = linked ?? (await findUnlinked(ground, identity));
  if (found === undefined)
    return refuse(
      ground,
      !identity.isEmailVerified && identity.email ? 'oidc_email_unverified' : 'oidc_unknown_member',
    );
  // Whoever set up a second factor here is not to be entered with one alone from elsewhere.
  if (found.totp_state === 'active' && !identity.hasSecondFactor)
    return refuse(ground, 'oidc_second_factor_needed', found);
  const arrival = arrivalOf(found);
  const { result: session } = await auditedTransaction(
    ground.db,
    (opened: NewSession) => openedEvent(arrival, opened),
    async (tx) => {
      if (linked === undefined) {
        const { issuer: oidc_issuer, subject: oidc_subject } = identity;
        await saveSignIn(tx, found.member_id, { oidc_issuer, oidc_subject });
        const subject = { kind: 'member', id: found.member_id };
        tx.alsoRecord({ ...byArrival(arrival), event: 'identity.linked', outcome: 'succeeded', subject, detail: {} });
      }
      return openSession(tx, ground, {
        ...{ arrival, way: 'oidc', hasSecondFactor: identity.hasSecondFactor, exchange },
      });
    },
  );
  giveCookie(exchange, session);
  return { location: '/' };
}

/** By a verified email, unless another identity is that member's: an address may be given to somebody else at the provider. */
async function findUnlinked(ground: Ground, { email, isEmailVerified }: Identity): Promise<MemberSignIn | undefined> {
  if (email === undefined || !isEmailVerified) return undefined;
  const found = await findSignInByEmail(ground.db, email);
  return found?.oidc_subject === null ? found : undefined;
}

async function refuse(ground: Ground, why: Refused, found?: MemberSignIn): Promise<Redirect> {
  const who =
    found === undefined
      ? ({ tenantId: null, actor: { kind: 'service', id: 'sign-in' } } as const)
      : byArrival(arrivalOf(found));
  await recordEvent(ground.db, {
    ...who,
    event: 'session.refused',
    outcome: 'denied',
    subject: { kind: 'member', id: found?.member_id ?? '' },
    detail: { wrong: why },
  });
  return refusedAs(why);
}

function refusedAs(why: Refused): Redirect {
  return { location: `/sign-in?refused=${why}` };
}

/** For the operator, who set it up: codes of the protocol, which hold nothing of a person. */
function tell(ground: Ground, error: unknown): void {
  const { name, code, error: answered } = error as { name?: string; code?: string; error?: string };
  ground.log.warn({ name, code, answered }, 'a sign-in by OpenID Connect failed');
}
